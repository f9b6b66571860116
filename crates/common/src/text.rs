//! Text from outside: what a name, a search or a description may hold.

use crate::problem::FieldError;

/// Longest text to search for, in characters.
const MAX_SEARCH: usize = 100;

/// A trimmed line of 1 to `max` characters.
///
/// # Errors
/// When it is empty, too long, or holds control characters, NUL among them.
pub fn line(field: &str, text: &str, max: usize) -> Result<String, FieldError> {
    let text = bounded(field, text.trim(), max, char::is_control)?;
    if text.is_empty() {
        return Err(FieldError::new(field, "empty", "must not be empty"));
    }
    Ok(text)
}

/// A trimmed text to search for; empty where there is nothing to look for.
///
/// # Errors
/// When it has more than 100 characters or holds control characters.
pub fn search(field: &str, text: Option<&str>) -> Result<String, FieldError> {
    let text = text.unwrap_or_default();
    let text = bounded(field, text, MAX_SEARCH, char::is_control)?;
    Ok(text.trim().to_owned())
}

/// A trimmed text of `max` characters at most, which may be empty and may have several lines.
///
/// # Errors
/// When it is too long, or holds control characters other than tabs and line ends.
pub fn lines(field: &str, text: &str, max: usize) -> Result<String, FieldError> {
    let is_refused = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    bounded(field, text.trim(), max, is_refused)
}

fn bounded(
    field: &str,
    text: &str,
    max: usize,
    is_refused: fn(char) -> bool,
) -> Result<String, FieldError> {
    if text.chars().count() > max {
        let detail = format!("must have {max} characters or less");
        return Err(FieldError::new(field, "too_long", detail));
    }
    if text.contains(is_refused) {
        let detail = "must not hold control characters";
        return Err(FieldError::new(field, "control_character", detail));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_bounded() {
        assert_eq!(line("name", " web 1 ", 5).unwrap(), "web 1");
        for (text, code) in [
            ("", "empty"),
            ("  ", "empty"),
            ("webweb", "too_long"),
            ("a\u{0}b", "control_character"),
            ("a\nb", "control_character"),
        ] {
            assert_eq!(line("name", text, 5).unwrap_err().code, code, "{text:?}");
        }
    }

    #[test]
    fn a_text_of_several_lines_holds_no_other_control_characters() {
        assert_eq!(lines("note", " a\n\tb ", 9).unwrap(), "a\n\tb");
        assert!(lines("note", "a\u{1b}[31m", 9).is_err());
    }

    #[test]
    fn a_blank_search_looks_for_nothing() {
        assert_eq!(search("search", None).unwrap(), "");
        assert_eq!(search("search", Some("  ")).unwrap(), "");
        assert_eq!(search("search", Some(" a ")).unwrap(), "a");
        assert!(search("search", Some(&"a".repeat(101))).is_err());
        assert!(search("search", Some("\n")).is_err());
    }
}
