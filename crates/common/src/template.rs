//! Commands with holes: `{{ name }}` is replaced by a parameter, quoted for the shell it lands in.
//!
//! There is no expression language that can run code: a closed environment, undefined names are
//! errors, and the work is bounded. `{{ name | raw }}` splices without quotes.

use std::collections::BTreeSet;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

/// Most instructions that one template may run.
const FUEL: u64 = 50_000;

/// Longest hole, in bytes: the reader below goes as deep as a hole is nested.
const LONGEST_HOLE: usize = 1000;

/// Begins what no template may hold: statements and comments of the engine below.
const UNTYPED: char = '\u{1}';

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The text is no template, or it uses what is not allowed.
    #[error("{0}")]
    Malformed(String),
    /// It could not be filled with these values.
    #[error("{0}")]
    Render(String),
}

/// The names that a template asks for, and whether it splices any without quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holes {
    /// Names, with what is asked of them, such as `target.name`.
    pub names: BTreeSet<String>,
    /// Whether the filter `raw` is used.
    pub raw: bool,
}

/// Whether a template asks for something of its step's target; one with faults does not.
pub fn asks_for_target(text: &str) -> bool {
    let names = holes(text).map(|holes| holes.names).unwrap_or_default();
    names
        .iter()
        .any(|name| name == "target" || name.starts_with("target."))
}

/// Reads the holes of a template.
pub fn holes(text: &str) -> Result<Holes, TemplateError> {
    if text.contains(UNTYPED) {
        return Err(TemplateError::Malformed(
            "holds a control character".to_owned(),
        ));
    }
    if longest_hole(text) > LONGEST_HOLE {
        let detail = format!("a hole is longer than {LONGEST_HOLE} bytes");
        return Err(TemplateError::Malformed(detail));
    }
    let env = environment(str::to_owned);
    let template = env
        .template_from_str(text)
        .map_err(|error| TemplateError::Malformed(describe(&error)))?;
    let names = template.undeclared_variables(true).into_iter().collect();
    Ok(Holes {
        names,
        raw: uses_raw(text),
    })
}

/// Fills the holes with `values`, each passed through `quote`.
pub fn render(
    text: &str,
    values: &serde_json::Map<String, serde_json::Value>,
    quote: impl Fn(&str) -> String + Send + Sync + 'static,
) -> Result<String, TemplateError> {
    holes(text)?;
    let env = environment(quote);
    env.render_str(text, Serde(values))
        .map_err(|error| TemplateError::Render(describe(&error)))
}

fn environment(quote: impl Fn(&str) -> String + Send + Sync + 'static) -> Environment<'static> {
    let mut env = Environment::empty();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL));
    // Shells write `{%` and `{#` themselves, as in `${#list[@]}`: only `{{ name }}` is ours.
    let syntax = SyntaxConfig::builder()
        .block_delimiters("\u{1}b", "b\u{1}")
        .comment_delimiters("\u{1}c", "c\u{1}")
        .keep_trailing_newline(true)
        .build();
    if let Ok(syntax) = syntax {
        env.set_syntax(syntax);
    }
    env.set_auto_escape_callback(|_name| AutoEscape::Custom("shell".into()));
    env.add_filter("raw", |value: Value| {
        Value::from_safe_string(text_of(&value))
    });
    let quote = Arc::new(quote);
    env.set_formatter(move |out, _state, value| {
        if value.is_undefined() {
            return Err(minijinja::ErrorKind::UndefinedError.into());
        }
        let text = text_of(value);
        let written = if value.is_safe() {
            out.write_str(&text)
        } else {
            out.write_str(&quote(&text))
        };
        written.map_err(minijinja::Error::from)
    });
    env
}

/// A value as JSON and shells write it: the engine itself would say `True`.
fn text_of(value: &Value) -> String {
    if value.kind() == ValueKind::Bool {
        value.is_true().to_string()
    } else {
        value.to_string()
    }
}

/// Length of the longest hole; one without an end reaches to the end of the text.
fn longest_hole(text: &str) -> usize {
    let mut longest = 0;
    let mut rest = text;
    while let Some((_, hole)) = rest.split_once("{{") {
        let length = hole_length(hole);
        longest = longest.max(length);
        rest = hole.get(length..).unwrap_or_default();
    }
    longest
}

/// Where the hole ends that `text` begins with; its strings may hold what looks like its end.
fn hole_length(text: &str) -> usize {
    let mut quote = None;
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '}') if text.get(at..).is_some_and(|rest| rest.starts_with("}}")) => return at,
            (None, _) => {}
        }
    }
    text.len()
}

/// Whether a hole of `text` pipes into `raw`.
fn uses_raw(text: &str) -> bool {
    text.split("{{")
        .skip(1)
        .filter_map(|rest| rest.split("}}").next())
        .any(|hole| {
            hole.split('|')
                .skip(1)
                .any(|filter| filter.trim().starts_with("raw"))
        })
}

pub(crate) fn describe(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn quoted(text: &str) -> String {
        format!("'{}'", text.replace('\'', r"'\''"))
    }

    fn filled(text: &str, values: serde_json::Value) -> Result<String, TemplateError> {
        render(text, values.as_object().unwrap(), quoted)
    }

    #[test]
    fn a_hole_of_any_depth_is_read_or_refused() {
        for (piece, end) in [
            ("1+", "1"),
            ("(", "1"),
            ("not ", "1"),
            ("[", ""),
            ("1 and ", "1"),
        ] {
            let deep = |times| format!("{{{{ '}}}}' ~ {}{end} }}}}", piece.repeat(times));
            let _judged = holes(&deep(980 / piece.len()));
            assert!(holes(&deep(20_000)).is_err(), "{piece}");
        }
    }

    #[test]
    fn a_value_is_quoted_for_its_shell() {
        let text = filled(
            "echo {{ who }} {{n}}",
            json!({"who": "a'; rm -rf /", "n": 3}),
        )
        .unwrap();
        assert_eq!(text, r"echo 'a'\''; rm -rf /' '3'");
    }

    #[test]
    fn a_switch_is_true_or_false() {
        let text = filled(
            "{{ on }} {{ off }} {{ on | raw }}",
            json!({"on": true, "off": false}),
        );
        assert_eq!(text.unwrap(), "'true' 'false' true");
    }

    #[test]
    fn raw_splices_and_is_reported() {
        assert_eq!(
            filled("x {{ who | raw }}", json!({"who": "a b"})).unwrap(),
            "x a b"
        );
        assert!(holes("x {{ who|raw }}").unwrap().raw);
        assert!(!holes("x {{ raw }}").unwrap().raw);
    }

    #[test]
    fn a_missing_value_is_an_error() {
        assert!(filled("echo {{ who }}", json!({})).is_err());
    }

    #[test]
    fn statements_and_broken_holes_are_refused() {
        for text in [
            "\u{1}b for x in y b\u{1}",
            "{{ who",
            "{{ 1 + }}",
            "{{ who | shell }}",
        ] {
            let refused = holes(text).is_err() || filled(text, json!({"who": "x"})).is_err();
            assert!(refused, "{text}");
        }
    }

    #[test]
    fn what_shells_write_stays_as_it_is() {
        let text = "echo ${#list[@]} ${x%.txt} {% {# $(date +%s)\n";
        assert_eq!(filled(text, json!({})).unwrap(), text);
    }

    #[test]
    fn holes_name_what_a_template_asks_for() {
        let found = holes("{{ a }} {{ b.c }}").unwrap();
        assert_eq!(found.names.into_iter().collect::<Vec<_>>(), ["a", "b.c"]);
    }
}
