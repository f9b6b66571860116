//! Steps that run another job.

use std::collections::BTreeMap;

use common::model::job::JobSpec;
use serde_json::Value;

use super::names::Templates;
use super::reader::Reader;

/// Most parameters that a step gives.
const MOST: usize = 100;

/// Reads which job a step runs.
pub(super) fn read(reader: &mut Reader<'_, '_>, templates: &mut Templates<'_>) -> Option<JobSpec> {
    let job = reader.text("job", 1..=100);
    let parameters = parameters(reader, templates);
    Some(JobSpec {
        job: job?,
        parameters,
    })
}

fn parameters(
    reader: &mut Reader<'_, '_>,
    templates: &mut Templates<'_>,
) -> BTreeMap<String, Value> {
    let mut given = BTreeMap::new();
    let Some(value) = reader.take("parameters") else {
        return given;
    };
    let Some(object) = value.as_object().filter(|object| object.len() <= MOST) else {
        let detail = format!("must be an object of at most {MOST} values");
        reader.fault("parameters", "wrong_type", detail);
        return given;
    };
    for (name, value) in object {
        let field = format!("parameters.{name}");
        match value {
            Value::String(text) => templates.check(reader, &field, text),
            Value::Bool(_) => {}
            Value::Number(number) if number.is_i64() => {}
            Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                let detail = "must be a text, a whole number, true or false";
                reader.fault(&field, "wrong_type", detail);
            }
        }
        given.insert(name.clone(), value.clone());
    }
    given
}
