//! The names that a person goes by, checked once and then trusted.

use common::problem::FieldError;

/// Longest username and part of an address before the `@`.
const MAX_USERNAME: usize = 100;
/// Longest address (RFC 5321: 64 + 1 + 255).
const MAX_EMAIL: usize = 320;

/// A name to sign in with: ASCII letters, digits and `._@+-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// Takes `text` without the white space around it.
    ///
    /// # Errors
    /// A fault of the field `username`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let fault = |code, detail| Err(FieldError::new("username", code, detail));
        if text.is_empty() {
            return fault("empty", "must not be empty");
        }
        if text.len() > MAX_USERNAME {
            return fault("too_long", "must have at most 100 characters");
        }
        let known = |c: char| c.is_ascii_alphanumeric() || "._@+-".contains(c);
        if !text.chars().all(known) || !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return fault(
                "not_allowed",
                "must start with a letter or digit and hold only letters, digits and . _ @ + -",
            );
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A mail address of the usual shape; whether mail arrives there is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Takes `text` without the white space around it.
    ///
    /// # Errors
    /// A fault of the field `email`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let fault = |code, detail| Err(FieldError::new("email", code, detail));
        if text.is_empty() {
            return fault("empty", "must not be empty");
        }
        if text.len() > MAX_EMAIL {
            return fault("too_long", "must have at most 320 characters");
        }
        let shaped = text
            .rsplit_once('@')
            .is_some_and(|(local, domain)| is_local(local) && is_domain(domain));
        if !shaped {
            return fault("not_an_address", "must be an address like ana@example.org");
        }
        Ok(Self(text.to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The unquoted form of RFC 5321, with letters of any language (RFC 6531).
fn is_local(text: &str) -> bool {
    let known = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    text.len() <= 64
        && text
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(known))
}

fn is_domain(text: &str) -> bool {
    text.len() <= 255
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_are_plain() {
        for good in ["a", "admin", " ana ", "ana.lee+1@example", "0", "A-b_c"] {
            assert!(Username::parse(good).is_ok(), "{good}");
        }
        let long = "a".repeat(101);
        for (bad, code) in [
            ("", "empty"),
            ("  ", "empty"),
            (long.as_str(), "too_long"),
            (".ana", "not_allowed"),
            ("ana lee", "not_allowed"),
            ("ana\0", "not_allowed"),
            ("ana\n2", "not_allowed"),
            ("аna", "not_allowed"), // the first letter is Cyrillic
            ("<b>", "not_allowed"),
        ] {
            assert_eq!(Username::parse(bad).unwrap_err().code, code, "{bad:?}");
        }
    }

    #[test]
    fn addresses_have_two_sound_halves() {
        for good in [
            "a@b",
            "admin@opsconductor.local",
            " ana+tag@example.org ",
            "müller@straße.de",
            "o'brien@x-y.example",
        ] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(320));
        for (bad, code) in [
            ("", "empty"),
            (long.as_str(), "too_long"),
            ("ana", "not_an_address"),
            ("@example.org", "not_an_address"),
            ("ana@", "not_an_address"),
            ("ana@@example.org", "not_an_address"),
            ("ana@example..org", "not_an_address"),
            (".ana@example.org", "not_an_address"),
            ("ana lee@example.org", "not_an_address"),
            ("ana@exa mple.org", "not_an_address"),
            ("ana@-x.org", "not_an_address"),
            ("ana\0@example.org", "not_an_address"),
            ("ana@example.org\r\nBcc: x@y", "not_an_address"),
            ("<ana@example.org>", "not_an_address"),
        ] {
            assert_eq!(Email::parse(bad).unwrap_err().code, code, "{bad:?}");
        }
    }
}
