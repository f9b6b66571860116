//! The forms in which a secret may show up in output.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use zeroize::Zeroizing;

/// Secrets and forms shorter than this are left alone: they would blot out ordinary text.
pub(super) use common::secret::SHORTEST_HIDDEN as SHORTEST;

/// One byte sequence to look for; wiped on drop.
pub(super) type Pattern = Zeroizing<Vec<u8>>;

/// Every form of `secret`, and of each of its lines.
pub(super) fn forms(secret: &[u8], found: &mut Vec<Pattern>) {
    add_forms(secret, found);
    let lines: Vec<&[u8]> = secret
        .split(|b| *b == b'\n')
        .map(<[u8]>::trim_ascii)
        .collect();
    if lines.len() > 1 {
        // The first and last line of a PEM block are no secret.
        for line in lines.into_iter().filter(|line| !line.starts_with(b"-----")) {
            add_forms(line, found);
        }
    }
}

fn add_forms(secret: &[u8], found: &mut Vec<Pattern>) {
    if secret.len() < SHORTEST {
        return;
    }
    add(secret.to_vec(), found);
    add_base64(secret, found);
    add(hex(secret, Case::Lower).into_bytes(), found);
    add(hex(secret, Case::Upper).into_bytes(), found);
    for keep in ["-._~", "-._~!'()*", "-._*"] {
        for case in [Case::Lower, Case::Upper] {
            let encoded = percent(secret, keep, case);
            add(encoded.replace("%20", "+").into_bytes(), found);
            add(encoded.into_bytes(), found);
        }
    }
    if let Ok(text) = std::str::from_utf8(secret) {
        add_text_forms(text, found);
    }
}

/// Base64 of the secret wherever it stands in a longer text: at all three alignments.
fn add_base64(secret: &[u8], found: &mut Vec<Pattern>) {
    for alignment in 0..3_usize {
        let mut shifted = Zeroizing::new(vec![0_u8; alignment]);
        shifted.extend_from_slice(secret);
        // Characters that also depend on what stands before or after the secret are left out.
        let first = alignment.saturating_mul(8).div_ceil(6);
        let whole = shifted.len().saturating_mul(8) / 6;
        for engine in [&STANDARD, &URL_SAFE] {
            let encoded = Zeroizing::new(engine.encode(shifted.as_slice()).into_bytes());
            let unpadded = encoded.len() - encoded.iter().filter(|b| **b == b'=').count();
            for end in [whole, unpadded, encoded.len()] {
                if let Some(part) = encoded.get(first..end) {
                    add(part.to_vec(), found);
                }
            }
        }
    }
}

/// Forms that only text has: JSON strings and shell quoting.
fn add_text_forms(text: &str, found: &mut Vec<Pattern>) {
    let json = json_escaped(text);
    add(ascii_only(&json).into_bytes(), found);
    add(json.replace('/', r"\/").into_bytes(), found);
    add(json.into_bytes(), found);
    add(text.replace('\'', r"'\''").into_bytes(), found);
    add(text.replace('\'', r#"'"'"'"#).into_bytes(), found);
    add(text.replace('\'', "''").into_bytes(), found);
    add(
        backslashed(text, |c| {
            !c.is_ascii_alphanumeric() && !"-_./:=@%+,".contains(c)
        }),
        found,
    );
    add(backslashed(text, |c| "\\\"$`!".contains(c)), found);
    add(backslashed(text, |c| "\\\"$`".contains(c)), found);
    add(backslashed(text, |c| "\\'".contains(c)), found);
}

fn add(form: Vec<u8>, found: &mut Vec<Pattern>) {
    let form = Zeroizing::new(form);
    if form.len() >= SHORTEST {
        found.push(form);
    }
}

#[derive(Clone, Copy)]
enum Case {
    Lower,
    Upper,
}

fn hex(bytes: &[u8], case: Case) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _infallible = match case {
                Case::Lower => write!(text, "{byte:02x}"),
                Case::Upper => write!(text, "{byte:02X}"),
            };
            text
        })
}

fn percent(bytes: &[u8], keep: &str, case: Case) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 3), |mut text, byte| {
            let c = char::from(*byte);
            if c.is_ascii_alphanumeric() || keep.contains(c) {
                text.push(c);
            } else {
                text.push('%');
                text.push_str(&hex(&[*byte], case));
            }
            text
        })
}

fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted
        .strip_prefix('"')
        .and_then(|t| t.strip_suffix('"'))
        .unwrap_or_default()
        .to_owned()
}

fn ascii_only(json: &str) -> String {
    let mut units = [0_u16; 2];
    json.chars()
        .fold(String::with_capacity(json.len()), |mut text, c| {
            if c.is_ascii() {
                text.push(c);
            } else {
                for unit in c.encode_utf16(&mut units) {
                    let _infallible = write!(text, "\\u{unit:04x}");
                }
            }
            text
        })
}

fn backslashed(text: &str, special: impl Fn(char) -> bool) -> Vec<u8> {
    let mut escaped = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if special(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped.into_bytes()
}
