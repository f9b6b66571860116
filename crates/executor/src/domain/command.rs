//! What is sent to a target, with every hole filled.
//!
//! A value never becomes part of the text that the shell reads as code: it is assigned to a
//! variable, quoted in a place whose grammar is known, and the hole becomes a reference to that
//! variable in the form that its surroundings ask for. Where those are misjudged, a value can
//! look wrong, but it is not run. A command that evaluates text by itself (`eval`, a nested shell,
//! a comparison by `-eq`) does so with values too; a hole in `$(( ))` is refused for that reason.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use common::model::job::FetchAs;
use common::template::{self, TemplateError};
use remote::quote::{self, QuoteError};
use serde_json::{Map, Value};

/// A command, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exec {
    /// What the shell reads.
    pub text: String,
    /// The shell.
    pub shell: String,
    /// Its standard input.
    pub stdin: Option<String>,
    /// Its environment.
    pub env: BTreeMap<String, String>,
    /// Whether it is to outlive its connection.
    pub is_detached: bool,
    /// As whom it runs, if not as the login user.
    pub as_user: Option<String>,
}

/// A file, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileCopy {
    /// Where to.
    pub path: String,
    /// The whole content; empty until it is fetched.
    pub content: Vec<u8>,
    /// Where it is fetched from, if that is to be done.
    pub source: Option<Source>,
    /// Permission bits.
    pub mode: u32,
    /// `user`, `user:group` or `:group`; none: as whom it is written.
    pub owner: Option<String>,
    /// Whether a file that exists may be replaced.
    pub overwrite: bool,
    /// As whom it is written, if not as the login user.
    pub as_user: Option<String>,
}

/// Where the content of a file is fetched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The address.
    pub url: String,
    /// SHA-256 that the content must have, lower-case hex.
    pub sha256: Option<String>,
}

/// A file, to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFetch {
    /// Where it is.
    pub path: String,
    /// Longer ones are refused.
    pub max_bytes: u32,
    /// How it becomes output.
    pub form: FetchAs,
    /// As whom it is read, if not as the login user.
    pub as_user: Option<String>,
}

/// Why a command cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The template asks for what is not there, or is no template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A value cannot be passed.
    #[error(transparent)]
    Quote(#[from] QuoteError),
    /// A shell would evaluate the value.
    #[error("a value cannot stand in $(( )), where the shell would evaluate it")]
    Arithmetic,
}

/// Fills the holes of a text that no shell reads.
///
/// # Errors
/// When the template or a value cannot be used.
pub fn render_plain(text: &str, values: &Map<String, Value>) -> Result<String, RenderError> {
    Ok(template::render(text, values, str::to_owned)?)
}

/// Fills the holes of a text that a POSIX shell reads.
///
/// # Errors
/// When the template or a value cannot be used.
pub fn render_shell(text: &str, values: &Map<String, Value>) -> Result<String, RenderError> {
    let mark = format!("{:032x}", rand::random::<u128>());
    let found: Arc<Mutex<Vec<String>>> = Arc::default();
    let filled = {
        let (mark, found) = (mark.clone(), Arc::clone(&found));
        template::render(text, values, move |value| {
            found
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(value.to_owned());
            format!("{mark};")
        })?
    };
    let found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    let mut whole = String::new();
    for (number, value) in found.iter().enumerate() {
        whole.push_str(&format!("{}={};", variable(number), quote::posix(value)?));
    }
    let mut reader = Surroundings::default();
    for (number, piece) in filled.split(&format!("{mark};")).enumerate() {
        if let Some(before) = number.checked_sub(1) {
            whole.push_str(&reader.reference(&variable(before))?);
        }
        reader.read(piece);
        whole.push_str(piece);
    }
    Ok(whole)
}

/// Not exported: no other program sees it.
fn variable(number: usize) -> String {
    format!("_opsc_{number}")
}

/// How a shell would read the next character; an estimate that decides looks, not safety.
#[derive(Default)]
struct Surroundings {
    /// What is open, the innermost last.
    open: Vec<Open>,
    is_escaped: bool,
    is_comment: bool,
    last: Option<char>,
    line: String,
    /// The end word of the here-document that is being read.
    here: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Single,
    Double,
    Backtick,
    Parenthesis,
    Arithmetic,
}

impl Surroundings {
    fn read(&mut self, text: &str) {
        for c in text.chars() {
            if c == '\n' {
                self.end_line();
            } else {
                self.line.push(c);
                if self.here.is_none() && !self.is_comment {
                    self.read_char(c);
                }
            }
            self.last = Some(c);
        }
    }

    fn read_char(&mut self, c: char) {
        if std::mem::take(&mut self.is_escaped) {
            return;
        }
        let innermost = self.open.last().copied();
        let follows = |text: &str| self.last.is_none_or(|last| text.contains(last));
        match (innermost, c) {
            (Some(Open::Single), '\'') | (Some(Open::Double), '"') => {
                self.open.pop();
            }
            (Some(Open::Single), _) => {}
            (_, '\\') => self.is_escaped = true,
            (Some(Open::Backtick), '`') => {
                self.open.pop();
            }
            (_, '`') => self.open.push(Open::Backtick),
            (Some(Open::Double), '(') if follows("$") => self.open.push(Open::Parenthesis),
            (Some(Open::Double), _) => {}
            (_, '\'') => self.open.push(Open::Single),
            (_, '"') => self.open.push(Open::Double),
            (Some(Open::Parenthesis), '(') if follows("(") => self.open.push(Open::Arithmetic),
            (_, '(') => self.open.push(Open::Parenthesis),
            (Some(Open::Parenthesis | Open::Arithmetic), ')') => {
                self.open.pop();
            }
            (_, '#') if follows(" \t\n;&|(") => self.is_comment = true,
            _ => {}
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.is_comment = false;
        match &self.here {
            Some(end) if line.trim_start_matches('\t') == end => self.here = None,
            Some(_) => {}
            None if !matches!(self.open.last(), Some(Open::Single | Open::Double)) => {
                self.here = announced(&line);
            }
            None => {}
        }
        self.is_escaped = false;
    }

    /// A reference to `variable` that stands for one word here.
    fn reference(&mut self, variable: &str) -> Result<String, RenderError> {
        self.line.push('_');
        self.last = Some('_');
        self.is_escaped = false;
        if self.here.is_some() {
            return Ok(format!("${{{variable}}}"));
        }
        match self.open.last() {
            _ if self.open.contains(&Open::Arithmetic) => Err(RenderError::Arithmetic),
            Some(Open::Single) => Ok(format!("'\"${{{variable}}}\"'")),
            Some(Open::Double) => Ok(format!("${{{variable}}}")),
            Some(Open::Backtick | Open::Parenthesis | Open::Arithmetic) | None => {
                Ok(format!("\"${{{variable}}}\""))
            }
        }
    }
}

/// The end word of a here-document whose text the shell expands, if `line` announces one.
fn announced(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("<<")?;
    let word = rest.trim_start_matches('-').trim_start();
    let end: String = word
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    (!end.is_empty()).then_some(end)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use serde_json::json;

    use super::*;

    const HOSTILE: [&str; 12] = [
        "plain",
        "two words",
        "'; touch pwned; '",
        "\"; touch pwned; \"",
        "$(touch pwned)",
        "`touch pwned`",
        "* ? [a-z]",
        "a\nb",
        "-n",
        "\\",
        "${HOME} $HOME",
        "é\u{1f600} <<EOF\nEOF",
    ];

    fn printed(text: &str, value: &str) -> String {
        let values = json!({"x": value});
        let script = render_shell(text, values.as_object().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut said = Vec::new();
        for shell in ["sh", "bash"] {
            let output = Command::new(shell)
                .current_dir(&folder)
                .arg("-c")
                .arg(&script)
                .output()
                .unwrap();
            assert!(!folder.path().join("pwned").exists(), "{script}");
            said.push(String::from_utf8(output.stdout).unwrap());
        }
        assert_eq!(said[0], said[1], "{script}");
        said.swap_remove(0)
    }

    #[test]
    fn a_hostile_value_is_one_word_wherever_it_lands() {
        for value in HOSTILE {
            for (text, before, after) in [
                ("printf %s {{ x }}", "", ""),
                ("printf %s a{{ x }}b", "a", "b"),
                ("printf %s \"a {{ x }} b\"", "a ", " b"),
                ("printf %s 'a {{ x }} b'", "a ", " b"),
                ("printf %s \"it's {{ x }}\"", "it's ", ""),
                ("# don't\nprintf %s {{ x }}", "", ""),
                ("y={{ x }}; printf %s \"$y\"", "", ""),
                ("printf %s \"$(printf %s {{ x }})\"", "", ""),
                ("printf '%s' \\\"{{ x }}", "\"", ""),
            ] {
                assert_eq!(
                    printed(text, value),
                    format!("{before}{value}{after}"),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn a_here_document_holds_the_value_itself() {
        for value in HOSTILE {
            let text = "cat <<END\nit's {{ x }} here\nEND\nprintf %s '{{ x }}'";
            assert_eq!(printed(text, value), format!("it's {value} here\n{value}"));
        }
    }

    #[test]
    fn where_the_surroundings_are_misjudged_nothing_runs() {
        for value in HOSTILE {
            for text in [
                "cat <<'END'\n{{ x }}\nEND\n",
                "case {{ x }} in {{ x }}) echo same;; esac",
                "echo \"`echo {{ x }}`\"",
                "echo \"${y:-'{{ x }}'}\"",
            ] {
                printed(text, value);
            }
        }
    }

    #[test]
    fn a_value_is_refused_where_the_shell_would_evaluate_it() {
        let values = json!({"x": "a[$(touch pwned)]"});
        let values = values.as_object().unwrap();
        for text in [
            "echo $((1 + {{ x }}))",
            "(( {{ x }} > 1 ))",
            "echo \"$(( ({{ x }}) ))\"",
        ] {
            let refused = render_shell(text, values).unwrap_err();
            assert!(matches!(refused, RenderError::Arithmetic), "{text}");
        }
    }

    #[test]
    fn raw_splices_and_a_missing_name_is_an_error() {
        let values = json!({"x": "echo a b"});
        let values = values.as_object().unwrap();
        assert_eq!(render_shell("{{ x | raw }}", values).unwrap(), "echo a b");
        assert!(matches!(
            render_shell("{{ y }}", values),
            Err(RenderError::Template(_))
        ));
    }

    #[test]
    fn a_text_without_a_shell_takes_values_as_they_are() {
        let values = json!({"x": "a'b", "n": 3});
        let filled = render_plain("{{ x }}-{{ n }}", values.as_object().unwrap()).unwrap();
        assert_eq!(filled, "a'b-3");
    }
}
