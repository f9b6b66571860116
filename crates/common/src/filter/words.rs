//! The words of a filter, each with its place.

use std::fmt;

use super::{FilterError, fault};

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Plain(String),
    Quoted(String),
    Sign(&'static str),
}

impl Word {
    pub(super) fn plain(word: &str) -> Self {
        Self::Plain(word.to_owned())
    }
}

impl fmt::Display for Word {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(word) => write!(out, "{word:?}"),
            Self::Quoted(word) => write!(out, "the text {word:?}"),
            Self::Sign(sign) => write!(out, "{sign}"),
        }
    }
}

/// Cuts a text into words.
pub(super) fn words(text: &str) -> Result<Vec<(usize, Word)>, FilterError> {
    let mut words = Vec::new();
    let mut chars = (1_usize..).zip(text.chars()).peekable();
    while let Some((at, first)) = chars.next() {
        let word = match first {
            space if space.is_whitespace() => continue,
            '(' => Word::Sign("("),
            ')' => Word::Sign(")"),
            ',' => Word::Sign(","),
            '=' => Word::Sign("="),
            '~' => Word::Sign("~"),
            '!' => {
                chars
                    .next_if(|(_, next)| *next == '=')
                    .ok_or_else(|| fault(at, "! stands where != is needed"))?;
                Word::Sign("!=")
            }
            '"' | '\'' => {
                let mut inner = String::new();
                loop {
                    match chars.next() {
                        Some((_, next)) if next == first => break,
                        Some((at, '\0')) => return Err(fault(at, "a NUL character")),
                        Some((_, next)) => inner.push(next),
                        None => return Err(fault(at, "a text that does not end")),
                    }
                }
                Word::Quoted(inner)
            }
            first if is_plain(first) => {
                let mut word = String::from(first);
                while let Some((_, next)) = chars.next_if(|(_, next)| is_plain(*next)) {
                    word.push(next);
                }
                Word::Plain(word)
            }
            other => return Err(fault(at, format!("{other:?} has no meaning here"))),
        };
        words.push((at, word));
    }
    Ok(words)
}

fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '-' | '/' | '*' | '@' | '+')
}
