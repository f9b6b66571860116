//! Checks of text that comes from outside.

use common::problem::FieldError;
use common::secret::Secret;

/// Notes what is wrong with a text of 1 to `most` characters that goes to the database.
pub fn check(field: &str, text: &str, most: usize, faults: &mut Vec<FieldError>) {
    if text.is_empty() {
        faults.push(FieldError::new(field, "empty", "must not be empty"));
    } else if text.chars().count() > most {
        let detail = format!("must have {most} characters or fewer");
        faults.push(FieldError::new(field, "too_long", detail));
    } else if text.chars().any(char::is_control) {
        faults.push(FieldError::new(
            field,
            "control_character",
            "must not hold control characters",
        ));
    }
}

/// Whether `text` has the shape of the ids that this service makes: 32 hex digits.
pub fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Notes what is wrong with a secret of 1 to `most` characters.
pub fn check_secret(
    field: &str,
    secret: &Secret<String>,
    most: usize,
    faults: &mut Vec<FieldError>,
) {
    let text = secret.expose();
    if text.is_empty() {
        faults.push(FieldError::new(field, "empty", "must not be empty"));
    } else if text.chars().count() > most {
        let detail = format!("must have {most} characters or fewer");
        faults.push(FieldError::new(field, "too_long", detail));
    } else if text.contains('\0') {
        faults.push(FieldError::new(
            field,
            "control_character",
            "must not hold NUL",
        ));
    }
}
