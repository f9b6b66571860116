//! From a claimed row to a request, with every hole filled.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clients::outside::Call;
use common::id::CredentialId;
use common::model::credential::{ApiKeySecret, SecretData};
use common::model::job::{RequestSpec, StepSpec};
use common::model::target::{Protocol, TargetSnapshot};
use common::secret::Secret;
use common::template;
use remote::Redactor;
use serde_json::{Map, Value};

use crate::connector::Fault;
use crate::domain::command::render_plain;
use crate::domain::known::Known;
use crate::domain::plan::{bad_step, read_spec, read_target, unfilled};
use crate::store::claims::Claim;

/// Header of a key whose credential names none.
const USUAL_HEADER: &str = "X-API-Key";
/// Ports that speak TLS unless the target says otherwise.
const TLS_PORTS: [u16; 2] = [443, 8443];
/// Most bytes of what is extracted, as JSON.
const MOST_EXTRACTED: usize = 64 << 10;

/// What has to be asked, and with which secret.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) call: Call,
    pub(crate) credential_id: Option<CredentialId>,
    pub(crate) expected: Vec<u16>,
    pub(crate) extract: BTreeMap<String, String>,
}

impl Request {
    /// Reads a claim.
    ///
    /// # Errors
    /// A lasting fault: trying again would find the same.
    pub(crate) fn of(claim: &Claim, known: &Known) -> Result<Self, Fault> {
        let StepSpec::HttpRequest(spec) = read_spec(claim)? else {
            return Err(bad_step("it asks for nothing"));
        };
        let values = known.values(claim);
        let encoded = |text: &str, field| {
            template::render(text, &values, encode).map_err(|error| unfilled(field)(error.into()))
        };
        let url = match (&spec.path, &spec.url) {
            (Some(path), None) => {
                let target = read_target(claim, Protocol::Http)?;
                format!("{}{}", base(&target), encoded(path, "path")?)
            }
            (None, Some(url)) => encoded(url, "url")?,
            (Some(_), Some(_)) | (None, None) => {
                return Err(bad_step("it needs either path or url"));
            }
        };
        let credential_id = spec.path.as_ref().and(claim.credential_id);
        Ok(Self {
            call: call(url, &spec, &values)?,
            credential_id: credential_id.map(CredentialId),
            expected: spec.expected_status,
            extract: spec.extract,
        })
    }

    /// Adds what the secret proves; answers with what looks for it in output.
    ///
    /// # Errors
    /// When the secret cannot be used.
    pub(crate) fn sign(
        &mut self,
        secret: Option<&SecretData>,
        known: &Known,
    ) -> Result<Redactor, Fault> {
        let mut hidden: Vec<Secret> = known.hidden().into_iter().cloned().collect();
        match secret {
            None => {}
            Some(SecretData::ApiKey(ApiKeySecret { api_key, header })) => {
                let header = header.as_deref().unwrap_or(USUAL_HEADER);
                let is_bearer =
                    header.eq_ignore_ascii_case("authorization") && !api_key.expose().contains(' ');
                let value = if is_bearer {
                    Secret::new(format!("Bearer {}", api_key.expose()))
                } else {
                    api_key.clone()
                };
                self.call.headers.push((header.to_owned(), value));
                hidden.push(api_key.clone());
            }
            Some(SecretData::Winrm(secret)) => {
                self.call
                    .headers
                    .push(basic(&secret.username, &secret.password, &mut hidden));
            }
            Some(SecretData::Ssh(secret)) => {
                let Some(password) = &secret.password else {
                    let text = "The credential of the target holds no password.";
                    return Err(Fault::lasting("credential_wrong_type", text));
                };
                self.call
                    .headers
                    .push(basic(&secret.username, password, &mut hidden));
            }
        }
        Redactor::new(hidden.iter().map(|secret| secret.expose().as_bytes()))
            .map_err(|error| Fault::lasting("credential_unusable", error.to_string()))
    }

    /// Whether a status is a success.
    pub(crate) fn expects(&self, status: u16) -> bool {
        if self.expected.is_empty() {
            return (200..=299).contains(&status);
        }
        self.expected.contains(&status)
    }

    /// What later steps may know of the answer.
    ///
    /// # Errors
    /// Why it is not there.
    pub(crate) fn extracted(
        &self,
        body: Option<&[u8]>,
        redactor: &Redactor,
    ) -> Result<Option<Value>, String> {
        if self.extract.is_empty() {
            return Ok(None);
        }
        let body = body.ok_or("the answer is too long to take values out of it")?;
        let text = redactor.text(&String::from_utf8_lossy(body));
        let answer: Value = serde_json::from_str(&text)
            .map_err(|error| format!("the answer is no JSON: {error}"))?;
        let mut found = Map::new();
        for (name, pointer) in &self.extract {
            let value = answer.pointer(pointer);
            let value = value.ok_or_else(|| format!("the answer has nothing at {pointer:?}"))?;
            found.insert(name.clone(), value.clone());
        }
        let found = Value::Object(found);
        if found.to_string().len() > MOST_EXTRACTED {
            return Err(format!("more than {MOST_EXTRACTED} bytes were taken out"));
        }
        Ok(Some(found))
    }
}

fn basic(user: &str, password: &Secret, hidden: &mut Vec<Secret>) -> (String, Secret) {
    let pair = Secret::new(format!("{user}:{}", password.expose()));
    let value = format!("Basic {}", STANDARD.encode(pair.expose()));
    hidden.push(password.clone());
    hidden.push(pair);
    ("Authorization".to_owned(), Secret::new(value))
}

/// `scheme` and `base_path` of its metadata count.
fn base(target: &TargetSnapshot) -> String {
    let word = |name: &str| target.metadata.get(name).and_then(Value::as_str);
    let scheme = match word("scheme") {
        Some("http") => "http",
        Some("https") => "https",
        Some(_) | None if TLS_PORTS.contains(&target.port) => "https",
        Some(_) | None => "http",
    };
    let host = &target.hostname;
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.clone()
    };
    let path = word("base_path").unwrap_or_default().trim_matches('/');
    let slash = if path.is_empty() { "" } else { "/" };
    format!("{scheme}://{host}:{}{slash}{path}", target.port)
}

fn call(url: String, spec: &RequestSpec, values: &Map<String, Value>) -> Result<Call, Fault> {
    let mut headers = Vec::new();
    for (name, value) in &spec.headers {
        let value = render_plain(value, values).map_err(unfilled("headers"))?;
        if value.chars().any(char::is_control) {
            return Err(bad_step("a header holds a control character"));
        }
        headers.push((name.clone(), Secret::new(value)));
    }
    let body = match &spec.body {
        None => None,
        Some(Value::String(text)) => {
            let text = render_plain(text, values).map_err(unfilled("body"))?;
            Some(text.into_bytes())
        }
        Some(json) => {
            let has_type = spec
                .headers
                .keys()
                .any(|name| name.eq_ignore_ascii_case("content-type"));
            if !has_type {
                let json = Secret::new("application/json".to_owned());
                headers.push(("Content-Type".to_owned(), json));
            }
            Some(filled(json, values)?.to_string().into_bytes())
        }
    };
    Ok(Call {
        method: spec.method.clone(),
        url,
        headers,
        body,
    })
}

/// The same JSON, with the holes of its texts filled: a value stays within its text.
fn filled(json: &Value, values: &Map<String, Value>) -> Result<Value, Fault> {
    Ok(match json {
        Value::String(text) => Value::String(render_plain(text, values).map_err(unfilled("body"))?),
        Value::Array(items) => {
            let items = items.iter().map(|item| filled(item, values));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, field)| Ok((name.clone(), filled(field, values)?)));
            Value::Object(fields.collect::<Result<_, Fault>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => json.clone(),
    })
}

/// A value as one part of an address.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}
