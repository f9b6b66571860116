//! What the plain fields of a credential may hold.

use common::problem::FieldError;

/// Characters of a name at most.
pub const MAX_NAME: usize = 100;
/// Characters of a description at most.
pub const MAX_DESCRIPTION: usize = 2000;
/// Characters of a reason at most.
pub const MAX_REASON: usize = 500;

/// A trimmed, non-empty line of `max` characters at most.
///
/// # Errors
/// What is wrong with it, under the name of the field.
pub fn line(field: &str, text: &str, max: usize) -> Result<String, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::new(field, "empty", "must not be empty"));
    }
    if text.chars().count() > max {
        return Err(too_long(field, max));
    }
    if text.chars().any(char::is_control) {
        return Err(control(field));
    }
    Ok(text.to_owned())
}

/// Trimmed text that may be empty and may have several lines.
///
/// # Errors
/// What is wrong with it, under the name of the field.
pub fn text(field: &str, text: &str, max: usize) -> Result<String, FieldError> {
    let text = text.trim();
    if text.chars().count() > max {
        return Err(too_long(field, max));
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(control(field));
    }
    Ok(text.to_owned())
}

fn too_long(field: &str, max: usize) -> FieldError {
    FieldError::new(
        field,
        "too_long",
        format!("must have {max} characters or less"),
    )
}

fn control(field: &str) -> FieldError {
    FieldError::new(
        field,
        "control_character",
        "must not hold control characters",
    )
}
