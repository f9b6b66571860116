//! As whom a step works on its target.

use common::model::job::Become;
use serde_json::Value;

use super::reader::Reader;

/// Who is meant where the definition names nobody.
const USUAL_USER: &str = "root";

/// Reads `become`: true, or `{user, method}`.
pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<Become> {
    let user = USUAL_USER.to_owned();
    match reader.take("become")? {
        Value::Bool(is_wished) => is_wished.then_some(Become { user }),
        Value::Object(_) => reader.inner("become", |mut inner| {
            let given = inner.optional_text("user", 1..=32);
            inner.word("method", &["sudo"]);
            let user = given.unwrap_or(user);
            if !is_user(&user) {
                inner.fault("user", "invalid", "must be the name of a user");
            }
            inner.finish(&[]);
            Some(Become { user })
        }),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            let detail = "must be true, or an object with user and method";
            reader.fault("become", "wrong_type", detail);
            None
        }
    }
}

fn is_user(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}
