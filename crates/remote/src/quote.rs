//! Quoting one argument for the shell that will read it.

/// Why a text cannot be passed to a shell as one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// No shell can carry a zero byte in an argument.
    #[error("a zero byte cannot be passed to a shell")]
    ZeroByte,
    /// `cmd.exe` would act on this character even inside quotes.
    #[error("cmd.exe cannot take {0:?} in an argument safely")]
    UnsafeForCmd(char),
}

/// Quotes `text` for a POSIX shell: `sh`, `bash`, `dash`, `ash`, `ksh`, `zsh`.
pub fn posix(text: &str) -> Result<String, QuoteError> {
    if text.contains('\0') {
        return Err(QuoteError::ZeroByte);
    }
    Ok(format!("'{}'", text.replace('\'', r"'\''")))
}

/// Quotes any bytes but zero for a POSIX shell.
pub fn posix_bytes(bytes: &[u8]) -> Result<Vec<u8>, QuoteError> {
    let mut quoted = vec![b'\''];
    for byte in bytes {
        match byte {
            0 => return Err(QuoteError::ZeroByte),
            b'\'' => quoted.extend_from_slice(br"'\''"),
            other => quoted.push(*other),
        }
    }
    quoted.push(b'\'');
    Ok(quoted)
}

/// Quotes `text` as a single-quoted PowerShell string.
///
/// PowerShell takes typographic single quotes for quotes too, so each of them is doubled.
pub fn powershell(text: &str) -> Result<String, QuoteError> {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        if c == '\0' {
            return Err(QuoteError::ZeroByte);
        }
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    Ok(quoted)
}

/// Quotes `text` for `cmd.exe`, or refuses it.
///
/// `"`, `%`, `!` and control characters have no form that is safe in every place.
/// Backslashes at the end are doubled, so that they do not eat the closing quote.
pub fn cmd(text: &str) -> Result<String, QuoteError> {
    if let Some(c) = text
        .chars()
        .find(|c| matches!(c, '"' | '%' | '!') || c.is_control())
    {
        return Err(if c == '\0' {
            QuoteError::ZeroByte
        } else {
            QuoteError::UnsafeForCmd(c)
        });
    }
    let trailing = text.len() - text.trim_end_matches('\\').len();
    Ok(format!("\"{text}{}\"", "\\".repeat(trailing)))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    fn printed_by(shell: &str, quoted: &[u8]) -> Vec<u8> {
        let mut line = b"printf %s ".to_vec();
        line.extend_from_slice(quoted);
        let output = Command::new(shell)
            .arg("-c")
            .arg(OsString::from_vec(line))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_real_shell_reads_back_the_same_bytes(bytes in prop::collection::vec(1_u8..=255, 0..200)) {
            let quoted = posix_bytes(&bytes).unwrap();
            prop_assert_eq!(&printed_by("sh", &quoted), &bytes);
            prop_assert_eq!(&printed_by("bash", &quoted), &bytes);
        }

        #[test]
        fn text_and_bytes_are_quoted_alike(text in "[^\0]{0,60}") {
            prop_assert_eq!(posix(&text).unwrap().into_bytes(), posix_bytes(text.as_bytes()).unwrap());
        }

        #[test]
        fn a_powershell_string_has_no_lone_quote_inside(text in "[a-z'\u{2018}\u{2019}$`\"\n]{0,40}") {
            let quoted = powershell(&text).unwrap();
            let inner: Vec<char> = quoted.chars().skip(1).take(quoted.chars().count() - 2).collect();
            let mut rest = inner.as_slice();
            let mut read = String::new();
            while let Some(c) = rest.first() {
                let is_quote = matches!(c, '\'' | '\u{2018}' | '\u{2019}');
                if is_quote {
                    prop_assert_eq!(rest.get(1), Some(c));
                }
                read.push(*c);
                rest = &rest[if is_quote { 2 } else { 1 }..];
            }
            prop_assert_eq!(read, text);
        }
    }

    #[test]
    fn a_zero_byte_is_refused_everywhere() {
        assert_eq!(posix("a\0b"), Err(QuoteError::ZeroByte));
        assert_eq!(posix_bytes(b"\0"), Err(QuoteError::ZeroByte));
        assert_eq!(powershell("\0"), Err(QuoteError::ZeroByte));
        assert_eq!(cmd("\0"), Err(QuoteError::ZeroByte));
    }

    #[test]
    fn cmd_refuses_what_it_would_expand() {
        for (text, c) in [("a\"b", '"'), ("%PATH%", '%'), ("hi!", '!'), ("a\nb", '\n')] {
            assert_eq!(cmd(text), Err(QuoteError::UnsafeForCmd(c)));
        }
        assert_eq!(cmd("a & b | c ^").unwrap(), "\"a & b | c ^\"");
        assert_eq!(cmd(r"C:\dir\").unwrap(), r#""C:\dir\\""#);
    }
}
