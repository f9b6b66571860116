//! The data of each type of credential: its fields, and what they may hold.

use std::fmt;

use common::model::credential::CredentialType;
use common::problem::FieldError;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use zeroize::{Zeroize, Zeroizing};

/// Header of an API key where none is named.
const DEFAULT_HEADER: &str = "X-API-Key";

/// Data as it came in: unchecked, wiped on drop, does not print.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct RawData(Map<String, Value>);

impl RawData {
    /// The object under `name`, if that is all there is.
    pub fn only(&mut self, name: &str) -> Option<Self> {
        if self.0.len() != 1 {
            return None;
        }
        let inner = self.0.get_mut(name)?.as_object_mut()?;
        Some(Self(std::mem::take(inner)))
    }

    fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }
}

impl Drop for RawData {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl fmt::Debug for RawData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Checked data as the JSON object that is encrypted; wiped on drop, does not print.
pub struct Document(Zeroizing<Vec<u8>>);

impl Document {
    /// Takes decrypted bytes into keeping.
    pub fn of(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The JSON text.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What a field may hold.
#[derive(Clone, Copy)]
enum Form {
    /// One line without control characters.
    Line,
    /// Anything but NUL.
    Secret,
    /// A private key in text form.
    PrivateKey,
    /// What the value of an HTTP header may hold.
    HeaderValue,
    /// The name of an HTTP header.
    HeaderName,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
}

struct Field {
    name: &'static str,
    need: Need,
    form: Form,
    max_bytes: usize,
}

const fn field(name: &'static str, need: Need, form: Form, max_bytes: usize) -> Field {
    Field {
        name,
        need,
        form,
        max_bytes,
    }
}

const WINRM: &[Field] = &[
    field("username", Need::Required, Form::Line, 256),
    field("password", Need::Required, Form::Secret, 4096),
    field("domain", Need::Optional, Form::Line, 255),
];
const SSH: &[Field] = &[
    field("username", Need::Required, Form::Line, 256),
    field("password", Need::Optional, Form::Secret, 4096),
    field("private_key", Need::Optional, Form::PrivateKey, 32_768),
    field("passphrase", Need::Optional, Form::Secret, 4096),
    field("become_password", Need::Optional, Form::Secret, 4096),
];
const API_KEY: &[Field] = &[
    field("api_key", Need::Required, Form::HeaderValue, 8192),
    field("header", Need::Optional, Form::HeaderName, 100),
];

fn fields(kind: CredentialType) -> &'static [Field] {
    match kind {
        CredentialType::Winrm => WINRM,
        CredentialType::Ssh => SSH,
        CredentialType::ApiKey => API_KEY,
    }
}

/// Checks the data of a credential of this type; `prefix` stands before names in faults.
///
/// # Errors
/// Every fault, by field and without a value.
pub fn check(
    kind: CredentialType,
    data: &RawData,
    prefix: &str,
) -> Result<Document, Vec<FieldError>> {
    let known = fields(kind);
    let mut faults = unknown(known, data);
    let mut found: Vec<(&str, &str)> = Vec::new();
    for field in known {
        match read(field, data.0.get(field.name)) {
            Ok(Some(text)) => found.push((field.name, text)),
            Ok(None) => {}
            Err((code, detail)) => faults.push(FieldError::new(field.name, code, detail)),
        }
    }
    match kind {
        CredentialType::Winrm => {}
        CredentialType::Ssh => faults.extend(unusable(data)),
        CredentialType::ApiKey if data.has("header") => {}
        CredentialType::ApiKey => found.push(("header", DEFAULT_HEADER)),
    }
    if faults.is_empty() {
        return Ok(document(&found));
    }
    for fault in &mut faults {
        fault.field.insert_str(0, prefix);
    }
    Err(faults)
}

/// Fields that the type does not have.
fn unknown(known: &[Field], data: &RawData) -> Vec<FieldError> {
    let names: Vec<_> = known.iter().map(|field| field.name).collect();
    let detail = format!("is not known here; known: {}", names.join(", "));
    data.0
        .keys()
        .filter(|name| !names.contains(&name.as_str()))
        .map(|name| {
            let name: String = name.chars().take(64).collect();
            FieldError::new(name, "unknown", detail.as_str())
        })
        .collect()
}

/// Why these fields together let nobody in over SSH.
fn unusable(data: &RawData) -> Option<FieldError> {
    match (
        data.has("password"),
        data.has("private_key"),
        data.has("passphrase"),
    ) {
        (false, false, _) => Some(FieldError::new(
            "password",
            "missing",
            "is needed, or private_key instead",
        )),
        (true, false, true) => {
            let detail = "unlocks a private_key, and there is none";
            Some(FieldError::new("passphrase", "not_allowed", detail))
        }
        (true, false, false) | (_, true, _) => None,
    }
}

/// Writes the object; its buffer never grows, so that no copy stays behind.
fn document(found: &[(&str, &str)]) -> Document {
    let size: usize = found
        .iter()
        .map(|(name, text)| 8 + name.len() + 6 * text.len())
        .sum();
    let mut json = Zeroizing::new(Vec::with_capacity(size + 2));
    json.push(b'{');
    for (at, (name, text)) in found.iter().enumerate() {
        if at > 0 {
            json.push(b',');
        }
        write(&mut json, name);
        json.push(b':');
        write(&mut json, text);
    }
    json.push(b'}');
    Document(json)
}

fn write(json: &mut Vec<u8>, text: &str) {
    // Writing a string into memory has no way to fail.
    let _written = serde_json::to_writer(json, text);
}

type Fault = (&'static str, String);

fn read<'a>(field: &Field, value: Option<&'a Value>) -> Result<Option<&'a str>, Fault> {
    let text = match value {
        None | Some(Value::Null) if field.need == Need::Optional => return Ok(None),
        None | Some(Value::Null) => return Err(("missing", "is needed".to_owned())),
        Some(Value::String(text)) => text,
        Some(_) => return Err(("wrong_type", "must be a string".to_owned())),
    };
    if text.is_empty() {
        return Err(("empty", "must not be empty".to_owned()));
    }
    if text.len() > field.max_bytes {
        return Err((
            "too_long",
            format!("must have {} bytes or less", field.max_bytes),
        ));
    }
    match unfit(field.form, text) {
        Some((code, detail)) => Err((code, detail.to_owned())),
        None => Ok(Some(text)),
    }
}

fn unfit(form: Form, text: &str) -> Option<(&'static str, &'static str)> {
    let fits = match form {
        Form::Line => !text.chars().any(char::is_control) && text.trim() == text,
        Form::Secret => !text.contains('\0'),
        Form::PrivateKey => return unfit_key(text),
        Form::HeaderValue => text.bytes().all(|byte| (0x21..0x7f).contains(&byte)),
        Form::HeaderName => text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)),
    };
    let why = match form {
        Form::Line => "must be one line without control characters or spaces around it",
        Form::Secret | Form::PrivateKey => "must not hold NUL",
        Form::HeaderValue => "must hold visible ASCII characters only",
        Form::HeaderName => "must be the name of an HTTP header",
    };
    (!fits).then_some(("invalid", why))
}

fn unfit_key(text: &str) -> Option<(&'static str, &'static str)> {
    let text = text.trim();
    let begins = |start: &str| text.starts_with(start);
    if begins("ssh-") || begins("ecdsa-") || begins("sk-") || text.contains(" PUBLIC KEY") {
        return Some((
            "public_key",
            "is a public key; the private one is needed (the file without .pub)",
        ));
    }
    if begins("PuTTY-User-Key-File") {
        return Some((
            "putty_key",
            "is a PuTTY key; export it in OpenSSH form first",
        ));
    }
    let first = text.lines().next().unwrap_or_default().trim_end();
    let last = text.lines().next_back().unwrap_or_default().trim_end();
    let label = first
        .strip_prefix("-----BEGIN ")
        .and_then(|rest| rest.strip_suffix("-----"))
        .filter(|label| label.ends_with("PRIVATE KEY"));
    let Some(label) = label else {
        return Some((
            "invalid",
            "must be a private key in OpenSSH or PEM form (-----BEGIN ... PRIVATE KEY-----)",
        ));
    };
    let ended = last
        .strip_prefix("-----END ")
        .and_then(|rest| rest.strip_suffix("-----"));
    if ended != Some(label) || text.lines().count() < 3 {
        return Some((
            "incomplete",
            "is cut off: it must end with the line -----END ... PRIVATE KEY-----",
        ));
    }
    text.contains('\0')
        .then_some(("invalid", "must not hold NUL"))
}
