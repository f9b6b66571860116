//! Stopping a command on the target, and making sure that it is gone.

use std::time::Duration;

use russh::client::Msg;
use russh::{ChannelWriteHalf, Sig};
use tokio::sync::watch;

use super::command::Command;
use super::connection::SshConnection;
use super::error::printable;
use super::launch::{Process, Reach};
use super::sudo::{self, Sudo};
use crate::quote;

/// How long the target may take to tell the process id.
const LEARN: Duration = Duration::from_secs(3);
/// How long the target may take on top of the grace.
const MARGIN: Duration = Duration::from_secs(15);
/// How often the target looks whether the process is gone.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Ends a process (group): `$1` id, `$2` `g` for a group, `$3` looks before it is killed.
///
/// A process that is dead but not yet collected by its parent counts as gone.
const STOP: &str = concat!(
    r#"P=$1; G=$2; n=0; "#,
    r#"if [ "$G" = g ]; then T=-$P; F="/proc/[0-9]*/stat"; else T=$P; F=/proc/$P/stat; fi; "#,
    r#"alive() { [ -r /proc/self/stat ] || { kill -0 "$T" 2>/dev/null; return; }; "#,
    r#"for f in $F; do s=; { read -r s < "$f"; } 2>/dev/null; [ "$s" ] || continue; "#,
    r#"s=${s##*") "}; set -- $s; [ "$1" = Z ] && continue; "#,
    r#"if [ "$G" = p ] || [ "$3" = "$P" ]; then return 0; fi; done; return 1; }; "#,
    r#"look() { while [ "$n" -lt "$1" ]; do alive || { echo gone "$2"; exit 0; }; "#,
    r#"if sleep 0.2 2>/dev/null; then n=$((n+1)); else sleep 1; n=$((n+5)); fi; done; }; "#,
    r#"kill -TERM "$T" 2>/dev/null; look "$3" TERM; "#,
    r#"kill -KILL "$T" 2>/dev/null; n=0; look 25 KILL; echo alive"#,
);

/// What became of a command that was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Whether the target was seen to have ended what the stop reaches.
    pub verified: bool,
    /// How far the stop reached.
    pub reach: Reach,
    /// In words for a person.
    pub detail: String,
}

impl SshConnection {
    /// Ends the command: a signal over its channel, then over a channel of our own.
    ///
    /// Some servers refuse the first (OpenSSH for root); only the second can tell that it worked.
    pub(super) async fn stop(
        &self,
        writer: &ChannelWriteHalf<Msg>,
        learned: &watch::Receiver<Option<Process>>,
        command: &Command,
    ) -> Stopped {
        let mut learned = learned.clone();
        let waited = tokio::time::timeout(LEARN, learned.wait_for(Option::is_some)).await;
        let process = waited
            .ok()
            .and_then(Result::ok)
            .and_then(|process| *process);
        // Both are refused or lost without harm.
        let _asked = writer.signal(Sig::TERM).await;
        let Some(process) = process else {
            let _asked = writer.signal(Sig::KILL).await;
            return Stopped {
                verified: false,
                reach: Reach::Unknown,
                detail: "the target never told the process id; signals were sent".to_owned(),
            };
        };
        let sudo = command.sudo.as_ref();
        self.end_process(process, command.grace, sudo).await
    }

    /// Ends a process with its group, and looks whether it is gone.
    pub(super) async fn end_process(
        &self,
        process: Process,
        grace: Duration,
        sudo: Option<&Sudo>,
    ) -> Stopped {
        let looks = grace.as_millis().div_ceil(LOOK_EVERY.as_millis());
        let kind = if process.reach == Reach::Group {
            "g"
        } else {
            "p"
        };
        let line = quote::posix(STOP).ok().and_then(|program| {
            let words = format!("sh -c {program} sh {} {kind} {looks}", process.pid);
            sudo::line(sudo, &words).ok()
        });
        let told = match line {
            Some(line) => {
                let input = sudo::input(sudo, &[]);
                let captured = self.capture(&line, &input, 4096, grace + MARGIN).await;
                captured.map(|captured| captured.output.stdout_text())
            }
            None => Ok(String::new()),
        };
        let what = match process.reach {
            Reach::Group => "the process group",
            Reach::Process | Reach::Unknown => {
                "the shell (the target has no setsid, so its children may live on)"
            }
        };
        let (verified, detail) = match told.as_deref().map(str::trim) {
            Ok("gone TERM") => (true, format!("{what} ended")),
            Ok("gone KILL") => (true, format!("{what} was killed after the grace")),
            Ok("alive") => (false, format!("{what} outlived even KILL")),
            Ok(other) => (false, printable(&format!("the target answered {other:?}"))),
            Err(error) => (false, error.to_string()),
        };
        Stopped {
            verified,
            reach: process.reach,
            detail,
        }
    }
}
