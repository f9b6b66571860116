//! How a command is started so that its whole process group can be found and stopped.
//!
//! The program that runs on the target is constant. It makes sure that its process leads a group of
//! its own (servers that start a session for each command have done that already), says its process
//! id on standard error behind a random mark, reads the text as one line of standard input, and
//! evaluates it; the rest of standard input belongs to the command.

use tokio::sync::watch;
use zeroize::{Zeroize, Zeroizing};

use super::command::{Command, CommandError, LONGEST};
use crate::quote;

/// Makes the process lead a group, and tells about it: `$0` shell, `$1` mark, `$2` the program once
/// more, `$3` for one that was started again to lead a group.
const TELL: &str = concat!(
    r#"_oc=g; [ "${3-}" ] || kill -0 -$$ 2>/dev/null || "#,
    r#"{ command -v setsid >/dev/null 2>&1 && exec setsid "$0" -c "$2" "$0" "$1" "$2" g; _oc=p; }; "#,
    r#"printf "%s %s %s\n" "$1" "$$" "$_oc" >&2; set --; "#,
);

/// Reads a line that is escaped for `printf %b`, and evaluates it.
///
/// The shell's own `printf` is a must: another program would get the text as an argument, where
/// other users can see it. With an empty `PATH`, no other one is found.
const READ_AND_EVALUATE: &str = concat!(
    r#"IFS= read -r _oc || exit 254; "#,
    r#"if [ "${BASH_VERSION-}" ]; then printf -v _oc %b "$_oc"; "#,
    r#"else _oc=$(PATH=; printf %b "$_oc" 2>/dev/null) || { echo "this shell has no printf" >&2; exit 253; }; fi; "#,
    r#"eval "unset _oc;$_oc""#,
);

/// More bytes than the line with the mark has.
const MARK_LINE: usize = 64;

/// How far a stop reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The whole process group.
    Group,
    /// Only the shell: the target can start no group of its own.
    Process,
    /// The process was never learned.
    Unknown,
}

/// The shell of a command on the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Process {
    /// Process id, and process group id if `reach` is the group.
    pub(super) pid: u32,
    pub(super) reach: Reach,
}

/// A command made ready to be sent.
pub(super) struct Launch {
    mark: String,
    line: String,
    script: Zeroizing<Vec<u8>>,
}

impl Launch {
    pub(super) fn new(command: &Command) -> Result<Self, CommandError> {
        let mark = format!("{:032x}", rand::random::<u128>());
        let shell = command.shell.name();
        let program = program(TELL, command)?;
        let arguments = [shell, "-c", &program, shell, &mark, &program];
        let quoted: Result<Vec<String>, _> = arguments.into_iter().map(quote::posix).collect();
        let quoted = quoted.map_err(|_zero| CommandError::ZeroByte("the shell"))?;
        let line = format!("exec {}", quoted.join(" "));
        Ok(Self {
            script: super::sudo::input(command.sudo.as_ref(), &script(command)?),
            line,
            mark,
        })
    }

    /// What the login shell runs; it holds nothing of the command.
    pub(super) fn line(&self) -> &str {
        &self.line
    }

    /// The text as one line, without its end; the command starts when the end arrives.
    pub(super) fn script(&self) -> &[u8] {
        &self.script
    }

    /// Finds the mark in standard error.
    pub(super) fn marker(&self, learned: watch::Sender<Option<Process>>) -> Marker {
        Marker {
            mark: self.mark.clone(),
            held: Vec::new(),
            learned: Some(learned),
        }
    }
}

/// The program of the command's own process: first `tell`, then read and evaluate, as whoever.
pub(super) fn program(tell: &str, command: &Command) -> Result<String, CommandError> {
    let Some(sudo) = &command.sudo else {
        return Ok(format!("{tell}{READ_AND_EVALUATE}"));
    };
    let shell = command.shell.name();
    let program = quote::posix(READ_AND_EVALUATE);
    let program = program.map_err(|_zero| CommandError::ZeroByte("the shell"))?;
    Ok(format!(
        "{tell}{}",
        sudo.program(&format!("{shell} -c {program} {shell}"))?
    ))
}

/// What the shell evaluates, escaped for `printf %b` into one line.
pub(super) fn script(command: &Command) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let text = command.text.expose();
    if text.len() > LONGEST {
        return Err(CommandError::TooLong);
    }
    if text.contains('\0') {
        return Err(CommandError::ZeroByte("the command"));
    }
    let mut whole = Zeroizing::new(String::new());
    for (name, value) in &command.env {
        if !is_variable(name) {
            return Err(CommandError::BadVariable(name.clone()));
        }
        let mut quoted =
            quote::posix(value.expose()).map_err(|_zero| CommandError::ZeroByte("a variable"))?;
        for part in ["export ", name, "=", &quoted, ";"] {
            whole.push_str(part);
        }
        quoted.zeroize();
    }
    whole.push_str(text);
    let mut line = Zeroizing::new(Vec::with_capacity(whole.len() * 2));
    for byte in whole.bytes() {
        match byte {
            b'\\' => line.extend_from_slice(br"\\"),
            b'\n' => line.extend_from_slice(br"\n"),
            other => line.push(other),
        }
    }
    Ok(line)
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Takes the line with the mark out of standard error.
pub(super) struct Marker {
    mark: String,
    held: Vec<u8>,
    learned: Option<watch::Sender<Option<Process>>>,
}

impl Marker {
    /// Takes the next bytes; gives those that belong to the command.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        if self.learned.is_none() {
            return bytes.to_vec();
        }
        self.held.extend_from_slice(bytes);
        if let Some((start, end, process)) = self.find() {
            if let Some(learned) = self.learned.take() {
                learned.send_replace(Some(process));
            }
            let mut output = std::mem::take(&mut self.held);
            output.drain(start..end);
            return output;
        }
        let before = self.held.len().saturating_sub(MARK_LINE);
        self.held.drain(..before).collect()
    }

    /// Gives what was held back because the mark might have followed.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    fn find(&self) -> Option<(usize, usize, Process)> {
        let mark = self.mark.as_bytes();
        let start = self
            .held
            .windows(mark.len())
            .position(|window| window == mark)?;
        let rest = self.held.get(start + mark.len()..)?;
        let length = rest.iter().position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(rest.get(..length)?).ok()?;
        let (pid, reach) = line.trim().split_once(' ')?;
        let reach = if reach == "g" {
            Reach::Group
        } else {
            Reach::Process
        };
        let process = Process {
            pid: pid.parse().ok()?,
            reach,
        };
        Some((start, start + mark.len() + length + 1, process))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_found_in_pieces_and_taken_out() {
        let launch = Launch::new(&Command::new(super::super::command::Shell::Sh, "true")).unwrap();
        let (sender, receiver) = watch::channel(None);
        let mut marker = launch.marker(sender);
        let mut shown = Vec::new();
        let text = format!("warning\n{} 42 g\nafter\n", launch.mark);
        for byte in text.as_bytes().chunks(1) {
            shown.extend(marker.push(byte));
        }
        shown.extend(marker.finish());
        assert_eq!(shown, b"warning\nafter\n");
        assert_eq!(
            *receiver.borrow(),
            Some(Process {
                pid: 42,
                reach: Reach::Group
            })
        );
    }

    #[test]
    fn nothing_of_the_command_stands_on_the_command_line() {
        let mut command = Command::new(super::super::command::Shell::Bash, "echo hunter2");
        command
            .env
            .push(("TOKEN".to_owned(), "swordfish".to_owned().into()));
        let launch = Launch::new(&command).unwrap();
        assert!(!launch.line().contains("hunter2") && !launch.line().contains("swordfish"));
        assert_eq!(launch.script(), b"export TOKEN='swordfish';echo hunter2");
    }

    #[test]
    fn what_no_shell_can_take_is_refused() {
        let shell = super::super::command::Shell::Sh;
        let refused = |command: &Command| Launch::new(command).err().unwrap();
        assert_eq!(
            refused(&Command::new(shell, "a\0b")),
            CommandError::ZeroByte("the command")
        );
        assert_eq!(
            refused(&Command::new(shell, "a".repeat(LONGEST + 1))),
            CommandError::TooLong
        );
        let mut command = Command::new(shell, "true");
        command.env.push(("A;B".to_owned(), "x".to_owned().into()));
        assert_eq!(
            refused(&command),
            CommandError::BadVariable("A;B".to_owned())
        );
    }
}
