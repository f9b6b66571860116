//! What each field of a target may hold.

use std::net::{Ipv4Addr, Ipv6Addr};

use common::id::TargetId;
use common::model::target::Protocol;
use common::problem::FieldError;
use common::text;
use serde_json::{Map, Value};

/// Longest name, in characters.
const MAX_NAME: usize = 100;
/// Longest host name (RFC 1123), in characters.
const MAX_HOSTNAME: usize = 253;
/// Longest part of a host name between dots.
const MAX_LABEL: usize = 63;
/// Most labels of a target.
const MAX_TAGS: usize = 50;
/// Longest label, in characters.
const MAX_TAG: usize = 64;
/// Most targets that one target needs.
const MAX_DEPENDENCIES: usize = 100;
/// Largest metadata as JSON text, in bytes.
const MAX_METADATA: usize = 16 * 1024;

/// A trimmed name.
///
/// # Errors
/// When it is empty, too long, or holds control characters.
pub fn name(name: &str) -> Result<String, FieldError> {
    text::line("name", name, MAX_NAME)
}

/// A trimmed host name (RFC 1123), IPv4 or IPv6 address.
///
/// # Errors
/// When it is something else, with words about what is too much.
pub fn hostname(text: &str) -> Result<String, FieldError> {
    let text = text.trim();
    if text.parse::<Ipv4Addr>().is_ok() || text.parse::<Ipv6Addr>().is_ok() || is_dns_name(text) {
        return Ok(text.to_owned());
    }
    let detail = if text.is_empty() {
        "must not be empty"
    } else if text.contains("://") {
        "must not have a scheme: only the name or address"
    } else if text.contains(['[', ']']) {
        "an IPv6 address is written without brackets"
    } else if text.contains(':') {
        "must not have a port: that is the field port"
    } else {
        "must be a host name, an IPv4 or an IPv6 address"
    };
    Err(FieldError::new("hostname", "invalid", detail))
}

fn is_dns_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    // A name whose last label is a number is a mistyped address.
    let is_word = |label: &str| !label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= MAX_HOSTNAME
        && text.split('.').all(is_label)
        && text.rsplit('.').next().is_some_and(is_word)
}

/// A TCP port.
///
/// # Errors
/// When there is no such port.
pub fn port(number: i64) -> Result<u16, FieldError> {
    let fault = || FieldError::new("port", "out_of_range", "must be between 1 and 65535");
    match u16::try_from(number) {
        Ok(0) | Err(_) => Err(fault()),
        Ok(port) => Ok(port),
    }
}

/// The usual port of a protocol.
pub fn usual_port(protocol: Protocol) -> u16 {
    match protocol {
        Protocol::Winrm => 5985,
        Protocol::Ssh => 22,
        Protocol::Http => 80,
    }
}

/// Labels, sorted and each once.
///
/// # Errors
/// When there are too many, or one has a wrong form.
pub fn tags(mut tags: Vec<String>) -> Result<Vec<String>, FieldError> {
    if tags.len() > MAX_TAGS {
        return Err(FieldError::new("tags", "too_many", "must be at most 50"));
    }
    if let Some(at) = tags.iter().position(|tag| !is_tag(tag)) {
        return Err(FieldError::new(format!("tags[{at}]"), "invalid", TAG_FORM));
    }
    tags.sort();
    tags.dedup();
    Ok(tags)
}

/// What a label looks like, in words.
pub const TAG_FORM: &str = "must have 1 to 64 characters of a-z 0-9 _ . : = - and begin with a letter or digit; no capitals";

/// Whether this can be a label.
pub fn is_tag(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut bytes = text.bytes();
    text.len() <= MAX_TAG
        && bytes.next().is_some_and(is_plain)
        && bytes.all(|byte| is_plain(byte) || b"_.:=-".contains(&byte))
}

/// Needed targets, sorted and each once.
///
/// # Errors
/// When there are too many.
pub fn depends_on(mut ids: Vec<TargetId>) -> Result<Vec<TargetId>, FieldError> {
    ids.sort();
    ids.dedup();
    if ids.len() > MAX_DEPENDENCIES {
        let detail = "must be at most 100";
        return Err(FieldError::new("depends_on", "too_many", detail));
    }
    Ok(ids)
}

/// Options and notes, as PostgreSQL can keep them.
///
/// # Errors
/// When they are too large, or hold the character NUL.
pub fn metadata(map: Map<String, Value>) -> Result<Value, FieldError> {
    let value = Value::Object(map);
    let fault = |code, detail| Err(FieldError::new("metadata", code, detail));
    if value.to_string().len() > MAX_METADATA {
        return fault("too_long", "must be at most 16 KiB of JSON");
    }
    if holds_nul(&value) {
        return fault("not_allowed", "must not hold the character NUL");
    }
    Ok(value)
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(map) => map
            .iter()
            .any(|(key, value)| key.contains('\0') || holds_nul(value)),
    }
}

/// What is wrong with the options that a protocol knows.
pub fn option_faults(protocol: Protocol, metadata: &Value) -> Vec<FieldError> {
    match protocol {
        Protocol::Winrm => {}
        Protocol::Ssh | Protocol::Http => return Vec::new(),
    }
    let is_transport = |value: &Value| {
        ["ntlm", "basic", "kerberos", "certificate"]
            .iter()
            .any(|word| value == word)
    };
    let is_text = |value: &Value| value.as_str().is_some_and(|text| text.len() <= 255);
    let option = |name: &str, fits: &dyn Fn(&Value) -> bool, detail: &str| {
        let value = metadata.get(name)?;
        (!fits(value)).then(|| FieldError::new(format!("metadata.{name}"), "wrong_type", detail))
    };
    [
        option(
            "winrm_use_https",
            &Value::is_boolean,
            "must be true or false",
        ),
        option(
            "winrm_validate_cert",
            &Value::is_boolean,
            "must be true or false",
        ),
        option("domain", &is_text, "must be a text of at most 255 bytes"),
        option(
            "winrm_transport",
            &is_transport,
            "must be ntlm, basic, kerberos or certificate",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hosts_are_names_and_addresses_only() {
        let long_label = "a".repeat(64);
        let long_name = format!("{}example", "abcdefg.".repeat(32));
        for good in [
            "web-1", "a.b.c", "10.0.0.1", "::1", "fe80::1", "3com.com", "X", " a ",
        ] {
            assert_eq!(hostname(good).as_deref(), Ok(good.trim()), "{good}");
        }
        let bad = [
            "",
            " ",
            "a b",
            "http://a",
            "a:22",
            "[::1]",
            "a/b",
            "-a",
            "a-",
            "a..b",
            ".a",
            "a.",
            "1.2.3",
            "256.1.1.1",
            "a_b",
            "a\0b",
            "ä.de",
            "user@a",
            "10.0.0.1:22",
            "::1%eth0",
            &long_label,
            &long_name,
        ];
        for bad in bad {
            assert_eq!(hostname(bad).unwrap_err().field, "hostname", "{bad:?}");
        }
    }

    #[test]
    fn labels_have_one_form() {
        let longest = "a".repeat(64);
        for good in ["web", "role:web", "env=dev", "a.b_c-d", "0", &longest] {
            assert!(is_tag(good), "{good}");
        }
        for bad in [
            "",
            "Web",
            ":a",
            "a b",
            "a,b",
            "ä",
            "a\0",
            &format!("{longest}a"),
        ] {
            assert!(!is_tag(bad), "{bad:?}");
        }
        let sorted = tags(vec!["b".to_owned(), "a".to_owned(), "b".to_owned()]);
        assert_eq!(sorted.unwrap(), ["a", "b"]);
    }

    #[test]
    fn ports_are_between_one_and_the_last() {
        for (number, good) in [
            (0, false),
            (-1, false),
            (1, true),
            (65535, true),
            (65536, false),
        ] {
            assert_eq!(port(number).is_ok(), good, "{number}");
        }
    }

    #[test]
    fn options_of_winrm_are_typed_only_there() {
        let wrong = json!({"winrm_use_https": "yes", "winrm_validate_cert": 1, "domain": 5,
                           "winrm_transport": "telnet", "note": 7});
        assert_eq!(option_faults(Protocol::Winrm, &wrong).len(), 4);
        assert!(option_faults(Protocol::Ssh, &wrong).is_empty());
        let right = json!({"winrm_use_https": true, "winrm_validate_cert": false, "domain": "D",
                           "winrm_transport": "kerberos"});
        assert!(option_faults(Protocol::Winrm, &right).is_empty());
    }

    #[test]
    fn nul_is_found_at_any_depth() {
        for bad in [
            json!({"a": "\0"}),
            json!({"a": [{"b": "x\0"}]}),
            json!({"a\0": 1}),
        ] {
            let Value::Object(map) = bad else { panic!() };
            assert!(metadata(map).is_err());
        }
    }
}
