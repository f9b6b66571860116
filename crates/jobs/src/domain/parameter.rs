//! Parameters of a job: what a run may be told, and whether what it is told fits.

use std::collections::BTreeMap;

use common::problem::FieldError;
use common::secret::{SHORTEST_HIDDEN, Secret};
use regex::RegexBuilder;
use serde_json::{Map, Value, json};

use crate::domain::definition::reader::Reader;

/// Most parameters of a job.
const MAX_PARAMETERS: usize = 100;
/// Longest value, in characters.
const MAX_TEXT: i64 = 10_000;
/// Most bytes of all secrets of a run.
const MAX_SECRETS: usize = 20_000;

/// What a value has to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A text of some length that fits a pattern.
    String {
        /// A regular expression that the whole text has to fit.
        pattern: Option<String>,
        /// Fewest characters.
        min: i64,
        /// Most characters.
        max: i64,
    },
    /// A whole number in a range.
    Integer {
        /// Least value.
        min: i64,
        /// Greatest value.
        max: i64,
    },
    /// True or false.
    Boolean,
    /// One of some words.
    Enum(Vec<String>),
    /// A text that nobody is shown again.
    Secret,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// What its value has to be.
    pub kind: Kind,
    /// Whether a run has to give it.
    pub required: bool,
    /// What it is where a run does not give it.
    pub default: Option<Value>,
}

/// Reads the parameters of a definition.
pub fn parse_all(
    value: Option<&Value>,
    faults: &mut Vec<FieldError>,
) -> BTreeMap<String, Parameter> {
    let path = "definition.parameters";
    let Some(value) = value else {
        return BTreeMap::new();
    };
    let Some(object) = value.as_object() else {
        faults.push(FieldError::new(path, "wrong_type", "must be an object"));
        return BTreeMap::new();
    };
    if object.len() > MAX_PARAMETERS {
        let detail = format!("must hold at most {MAX_PARAMETERS} parameters");
        faults.push(FieldError::new(path, "out_of_range", detail));
        return BTreeMap::new();
    }
    let mut parameters = BTreeMap::new();
    for (name, value) in object {
        let path = format!("{path}.{name}");
        if !is_name(name) {
            let detail = "must be a name of letters, digits and _, other than target";
            faults.push(FieldError::new(&path, "invalid", detail));
        }
        if let Some(parameter) = parse(&path, value, faults) {
            parameters.insert(name.clone(), parameter);
        }
    }
    parameters
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    name.len() <= 100
        && name != "target"
        && letters
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn parse(path: &str, value: &Value, faults: &mut Vec<FieldError>) -> Option<Parameter> {
    let kind = match value {
        Value::Object(_) => return parse_schema(path, value, faults),
        Value::String(_) => any_text(),
        Value::Bool(_) => Kind::Boolean,
        Value::Number(number) if number.is_i64() => Kind::Integer {
            min: i64::MIN,
            max: i64::MAX,
        },
        Value::Null | Value::Number(_) | Value::Array(_) => {
            let detail = "must be a default (text, whole number, true or false) or a schema";
            faults.push(FieldError::new(path, "wrong_type", detail));
            return None;
        }
    };
    check(path, &kind, value, faults);
    Some(Parameter {
        kind,
        required: false,
        default: Some(value.clone()),
    })
}

fn any_text() -> Kind {
    Kind::String {
        pattern: None,
        min: 0,
        max: MAX_TEXT,
    }
}

fn parse_schema(path: &str, value: &Value, faults: &mut Vec<FieldError>) -> Option<Parameter> {
    let mut reader = Reader::of(path, value, faults)?;
    let before = reader.fault_count();
    let types = ["string", "integer", "boolean", "enum", "secret"];
    let kind = match reader.word("type", &types) {
        "integer" => Kind::Integer {
            min: reader
                .integer("min", i64::MIN..=i64::MAX)
                .unwrap_or(i64::MIN),
            max: reader
                .integer("max", i64::MIN..=i64::MAX)
                .unwrap_or(i64::MAX),
        },
        "boolean" => Kind::Boolean,
        "enum" => words(&mut reader),
        "secret" => Kind::Secret,
        _ => text(&mut reader),
    };
    reader.optional_text("description", 0..=2000);
    let required = reader.boolean("required", false);
    let default = reader.take("default").cloned();
    let clean = reader.fault_count() == before;
    reader.finish(&[]);
    clean.then_some(())?;
    if let Some(default) = &default {
        let path = format!("{path}.default");
        if kind == Kind::Secret {
            let detail = "is for all to read: a secret has none";
            faults.push(FieldError::new(path, "not_allowed", detail));
            return None;
        }
        check(&path, &kind, default, faults);
    }
    Some(Parameter {
        kind,
        required: required && default.is_none(),
        default,
    })
}

fn words(reader: &mut Reader<'_, '_>) -> Kind {
    let values = reader.take("values").and_then(Value::as_array);
    let words: Option<Vec<String>> =
        values
            .filter(|values| !values.is_empty())
            .and_then(|values| {
                values
                    .iter()
                    .map(|v| v.as_str().map(str::to_owned))
                    .collect()
            });
    if words.is_none() {
        reader.fault(
            "values",
            "wrong_type",
            "must be a list of texts, at least one",
        );
    }
    Kind::Enum(words.unwrap_or_default())
}

fn text(reader: &mut Reader<'_, '_>) -> Kind {
    let pattern = reader.optional_text("pattern", 1..=1000);
    if pattern
        .as_ref()
        .is_some_and(|pattern| compile(pattern).is_err())
    {
        reader.fault(
            "pattern",
            "invalid",
            "must be a regular expression without look-around",
        );
    }
    let min = reader.integer("min", 0..=MAX_TEXT).unwrap_or(0);
    let max = reader.integer("max", 0..=MAX_TEXT).unwrap_or(MAX_TEXT);
    Kind::String { pattern, min, max }
}

/// The pattern of a whole text; its cost is linear in the text.
fn compile(pattern: &str) -> Result<regex::Regex, regex::Error> {
    RegexBuilder::new(&format!("^(?:{pattern})$"))
        .size_limit(1 << 20)
        .build()
}

/// What a run is told.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// Values for all to read; [`concealed`] in the place of a secret.
    pub values: Map<String, Value>,
    /// The secrets that were given.
    pub secrets: BTreeMap<String, Secret>,
}

/// What is read in the place of a secret.
pub fn concealed() -> Value {
    json!({"secret": true})
}

/// The values of a run: what was given, and defaults for the rest.
///
/// # Errors
/// Every fault, named `parameters.NAME`.
pub fn fill(
    parameters: &BTreeMap<String, Parameter>,
    given: &Map<String, Value>,
) -> Result<Filled, Vec<FieldError>> {
    let mut faults = Vec::new();
    for name in given.keys().filter(|name| !parameters.contains_key(*name)) {
        let known: Vec<&str> = parameters.keys().map(String::as_str).collect();
        let detail = match known.as_slice() {
            [] => "is not known; this job takes no parameters".to_owned(),
            known => format!("is not known; this job takes {}", known.join(", ")),
        };
        faults.push(FieldError::new(
            format!("parameters.{name}"),
            "unknown",
            detail,
        ));
    }
    let mut filled = Filled::default();
    let Filled { values, secrets } = &mut filled;
    for (name, parameter) in parameters {
        let path = format!("parameters.{name}");
        match given.get(name).or(parameter.default.as_ref()) {
            Some(value) => {
                check(&path, &parameter.kind, value, &mut faults);
                let secret = value.as_str().filter(|_| parameter.kind == Kind::Secret);
                secrets.extend(secret.map(|text| (name.clone(), Secret::new(text.to_owned()))));
                let shown = secret.map_or_else(|| value.clone(), |_text| concealed());
                values.insert(name.clone(), shown);
            }
            None if parameter.required => {
                faults.push(FieldError::new(path, "missing", "is needed"));
            }
            None => {
                values.insert(name.clone(), Value::String(String::new()));
            }
        }
    }
    let bytes: usize = secrets.values().map(|secret| secret.expose().len()).sum();
    if bytes > MAX_SECRETS {
        let detail = format!("must hold at most {MAX_SECRETS} bytes of secrets in all");
        faults.push(FieldError::new("parameters", "out_of_range", detail));
    }
    if faults.is_empty() {
        Ok(filled)
    } else {
        Err(faults)
    }
}

fn check(path: &str, kind: &Kind, value: &Value, faults: &mut Vec<FieldError>) {
    if let Some((code, detail)) = fault(kind, value) {
        faults.push(FieldError::new(path, code, detail));
    }
}

fn fault(kind: &Kind, value: &Value) -> Option<(&'static str, String)> {
    match kind {
        Kind::Boolean => {
            (!value.is_boolean()).then(|| ("wrong_type", "must be true or false".to_owned()))
        }
        Kind::Integer { min, max } => match value.as_i64() {
            None => Some(("wrong_type", "must be a whole number".to_owned())),
            Some(number) if (*min..=*max).contains(&number) => None,
            Some(_) => Some(("out_of_range", format!("must be from {min} to {max}"))),
        },
        Kind::Enum(words) => {
            let known = value
                .as_str()
                .is_some_and(|text| words.iter().any(|word| word == text));
            (!known).then(|| {
                (
                    "not_allowed",
                    format!("must be one of {}", words.join(", ")),
                )
            })
        }
        Kind::Secret => match plain_text(value) {
            Err(fault) => Some(fault),
            // What is shorter is not looked for in output: it would be found everywhere.
            Ok(text) if text.len() < SHORTEST_HIDDEN => Some((
                "out_of_range",
                format!(
                    "must have at least {SHORTEST_HIDDEN} characters: shorter ones cannot be hidden in output"
                ),
            )),
            Ok(_) => None,
        },
        Kind::String { pattern, min, max } => {
            let text = match plain_text(value) {
                Ok(text) => text,
                Err(fault) => return Some(fault),
            };
            let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            if !(*min..=*max).contains(&length) {
                return Some(("out_of_range", format!("must be {min} to {max} characters")));
            }
            let pattern = pattern.as_ref()?;
            let fits = compile(pattern).is_ok_and(|regex| regex.is_match(text));
            (!fits).then(|| ("pattern", format!("must fit the pattern {pattern}")))
        }
    }
}

fn plain_text(value: &Value) -> Result<&str, (&'static str, String)> {
    value
        .as_str()
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| {
            (
                "wrong_type",
                "must be a text without NUL characters".to_owned(),
            )
        })
}

#[cfg(test)]
mod tests;
