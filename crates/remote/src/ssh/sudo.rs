//! Becoming another user of the target by `sudo`.
//!
//! The password is the first line of standard input and stands nowhere else. `sudo` is asked first
//! whether it needs one and takes it, with nothing else to read: a wrong one is tried once, and
//! nothing of the command is ever taken for a password.

use common::secret::Secret;
use zeroize::Zeroizing;

use super::command::CommandError;
use crate::quote;

/// Exit code of a command whose user could not be changed; nothing of it was started.
pub const NOT_BECOME: u32 = 252;
/// What standard error begins with then.
pub const NOT_BECOME_MARK: &str = "become_failed: ";

/// Asks `sudo`, then lets it run: `U` user, `C` command.
const BECOME: &str = concat!(
    r#"case $(command -v printf) in /*) echo "this shell has no printf" >&2; exit 253;; esac; "#,
    r#"IFS= read -r _op || exit 254; "#,
    r#"_no() { _op=; echo "become_failed: $*" >&2; exit 252; }; "#,
    r#"command -v sudo >/dev/null 2>&1 || _no the target has no sudo; "#,
    r#"if sudo -n -k -H -u U -- sh -c : </dev/null >/dev/null 2>&1; "#,
    r#"then _op=; exec sudo -n -k -H -u U -- C; fi; "#,
    r#"[ "$_op" ] || _no sudo refuses without a password, and the credential has none; "#,
    r#"_om=$(printf "%s\n" "$_op" | LC_ALL=C sudo -S -k -H -p "" -u U -- sh -c : 2>&1 >/dev/null) "#,
    r#"|| _no "$_om"; "#,
    r#"{ printf "%s\n" "$_op"; _op=; exec cat; } | sudo -S -k -H -p "" -u U -- C"#,
);

/// A user to become, and the password with which the login user may.
#[derive(Clone, Debug)]
pub struct Sudo {
    user: String,
    password: Option<Secret>,
}

impl Sudo {
    /// # Errors
    /// When the user or the password cannot be passed.
    pub fn new(user: &str, password: Option<Secret>) -> Result<Self, CommandError> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "._-$".contains(c);
        if user.is_empty() || user.starts_with('-') || !user.chars().all(is_name) {
            return Err(CommandError::BadUser(user.to_owned()));
        }
        let is_line = |text: &Secret| !text.expose().contains(['\0', '\n']);
        if password.as_ref().is_some_and(|password| !is_line(password)) {
            return Err(CommandError::BadPassword);
        }
        let user = user.to_owned();
        Ok(Self { user, password })
    }

    /// The program that runs `command`, quoted words, as the user.
    pub(super) fn program(&self, command: &str) -> Result<String, CommandError> {
        let user = quote::posix(&self.user).map_err(|_zero| CommandError::ZeroByte("the user"))?;
        let program = BECOME.replace("-u U", &format!("-u {user}"));
        Ok(program.replace("-- C", &format!("-- {command}")))
    }

    /// What comes before the input of the command.
    pub(super) fn first_line(&self) -> Zeroizing<Vec<u8>> {
        let mut line = Zeroizing::new(Vec::with_capacity(1024));
        if let Some(password) = &self.password {
            line.extend_from_slice(password.expose().as_bytes());
        }
        line.push(b'\n');
        line
    }
}

/// The command line that runs `command`, quoted words, as whoever is wished.
pub(super) fn line(sudo: Option<&Sudo>, command: &str) -> Result<String, CommandError> {
    let Some(sudo) = sudo else {
        return Ok(format!("exec {command}"));
    };
    let program = quote::posix(&sudo.program(command)?);
    let program = program.map_err(|_zero| CommandError::ZeroByte("the command"))?;
    Ok(format!("exec sh -c {program} sh"))
}

/// Standard input of that command line.
pub(super) fn input(sudo: Option<&Sudo>, stdin: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut input = sudo.map(Sudo::first_line).unwrap_or_default();
    let first = std::mem::take(&mut *input);
    let mut whole = Zeroizing::new(Vec::with_capacity(first.len() + stdin.len()));
    whole.extend_from_slice(&Zeroizing::new(first));
    whole.extend_from_slice(stdin);
    whole
}
