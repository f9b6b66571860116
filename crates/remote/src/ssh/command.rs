//! What to run.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use common::secret::Secret;

use super::sudo::Sudo;

/// Longest text of a command, in bytes.
pub(super) const LONGEST: usize = 1 << 20;

/// A shell that reads commands as POSIX describes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shell {
    /// `sh`, which every target has.
    #[default]
    Sh,
    /// `bash`.
    Bash,
    /// `dash`.
    Dash,
    /// `ash`.
    Ash,
    /// `ksh`.
    Ksh,
    /// `zsh`.
    Zsh,
}

impl Shell {
    /// Every shell.
    pub const ALL: [Self; 6] = [
        Self::Sh,
        Self::Bash,
        Self::Dash,
        Self::Ash,
        Self::Ksh,
        Self::Zsh,
    ];

    /// The name of its program.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sh => "sh",
            Self::Bash => "bash",
            Self::Dash => "dash",
            Self::Ash => "ash",
            Self::Ksh => "ksh",
            Self::Zsh => "zsh",
        }
    }
}

impl fmt::Display for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Shell {
    type Err = CommandError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|shell| shell.name() == name)
            .ok_or_else(|| CommandError::UnknownShell(name.to_owned()))
    }
}

/// A command line or a whole script, and how to run it.
///
/// Text, environment and input travel over the encrypted channel and never stand on a command
/// line of the target.
#[derive(Clone, Debug)]
pub struct Command {
    /// What the shell is to read: one line or a whole script, up to 1 MiB.
    pub text: Secret,
    /// The shell that reads it.
    pub shell: Shell,
    /// What the command can read from standard input; it ends after that.
    pub stdin: Secret<Vec<u8>>,
    /// Variables to export first.
    pub env: Vec<(String, Secret)>,
    /// As whom it runs, if not as the login user.
    pub sudo: Option<Sudo>,
    /// How long it may take, the opening of its channel included.
    pub timeout: Duration,
    /// How long a stopped command may take to end before it is killed.
    pub grace: Duration,
}

impl Command {
    /// A command for `shell` without input: 60 seconds, and 5 seconds of grace.
    pub fn new(shell: Shell, text: impl Into<String>) -> Self {
        Self {
            text: Secret::new(text.into()),
            shell,
            stdin: Secret::new(Vec::new()),
            env: Vec::new(),
            sudo: None,
            timeout: Duration::from_secs(60),
            grace: Duration::from_secs(5),
        }
    }
}

/// Why a command cannot be run at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Commands and variables cannot hold a zero byte.
    #[error("{0} holds a zero byte")]
    ZeroByte(&'static str),
    /// The text is longer than 1 MiB.
    #[error("the command is longer than {LONGEST} bytes")]
    TooLong,
    /// The name is none that a shell can export.
    #[error("{0:?} is no name of a variable")]
    BadVariable(String),
    /// No user is called so.
    #[error("{0:?} is no name of a user")]
    BadUser(String),
    /// The password cannot be given to sudo.
    #[error("the password for sudo must be one line")]
    BadPassword,
    /// The shell is none of the known ones.
    #[error("{0:?} is no known shell; use sh, bash, dash, ash, ksh or zsh")]
    UnknownShell(String),
}
