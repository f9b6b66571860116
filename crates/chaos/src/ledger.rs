//! What was really executed, as the commands themselves noted it on the target.

use std::collections::BTreeMap;
use std::path::Path;

/// One execution of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// Process of the command, leader of its group.
    pub pid: u32,
    /// When it began, by the target's clock in microseconds.
    pub began_us: u64,
    /// Whether it came to its end.
    pub has_ended: bool,
}

/// All executions, by the mark of their step.
pub type Ledger = BTreeMap<String, Vec<Execution>>;

/// Reads the ledger: lines of mark, `begin` or `end`, process and time.
///
/// # Panics
/// When a line is none that a command writes.
pub fn read(path: &Path) -> Ledger {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut ledger = Ledger::new();
    for line in text.lines() {
        let words: Vec<_> = line.split(' ').collect();
        let [mark, what, pid, time] = words[..] else {
            panic!("no line of a ledger: {line}");
        };
        let pid = pid.parse().expect("a process");
        let executions = ledger.entry(mark.to_owned()).or_default();
        match what {
            "begin" => executions.push(Execution {
                pid,
                began_us: time.replace('.', "").parse().expect("a time"),
                has_ended: false,
            }),
            _end => executions
                .iter_mut()
                .filter(|one| one.pid == pid)
                .for_each(|one| one.has_ended = true),
        }
    }
    ledger
}

/// Whether a process of the ledger still lives.
pub fn lives(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // What has ended and was not waited for is dead as well.
    stat.rsplit(')')
        .next()
        .is_some_and(|rest| !rest.is_empty() && !rest.starts_with(" Z"))
}

/// Ends what a trial left running on its targets.
pub fn sweep(ledger: &Ledger) {
    for one in ledger
        .values()
        .flatten()
        .filter(|one| !one.has_ended && lives(one.pid))
    {
        let group = format!("-{}", one.pid);
        // The group may have ended by itself, or the process leads none.
        for doomed in [group, one.pid.to_string()] {
            let _ended = std::process::Command::new("kill")
                .args(["-KILL", "--", &doomed])
                .stderr(std::process::Stdio::null())
                .status();
        }
    }
}
