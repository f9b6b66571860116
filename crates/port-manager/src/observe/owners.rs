//! Which processes hold the sockets.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

/// Longest name of a program that is shown, in characters.
const LONGEST_NAME: usize = 64;

/// Length of the unit of time in /proc/<pid>/stat.
///
/// User space sees 100 ticks a second (`USER_HZ`) on every Linux in use, whatever the kernel's own.
const TICK_MS: i64 = 10;

/// The process behind a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its number in our process namespace.
    pub pid: u32,
    /// File name of its program, else the name it gave itself; printable, 64 characters at most.
    pub program: String,
    /// When it started.
    ///
    /// Counted from the boot time, which moves when the clock is set: two scans can differ by a
    /// second for the same process.
    pub started_at: DateTime<Utc>,
    /// Further processes with the same sockets, such as forked workers; this is the oldest.
    pub others: u32,
}

/// Tells processes apart; the oldest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Holder {
    started_ticks: i64,
    pid: u32,
}

/// The visible processes that hold one of the sockets looked for.
#[derive(Debug, Default)]
pub(super) struct Holders {
    booted_at: i64,
    programs: BTreeMap<Holder, String>,
    by_inode: HashMap<u64, Vec<Holder>>,
}

impl Holders {
    /// Looks through the open files of all processes that we may see.
    ///
    /// It cannot stop at the first holder of each socket, since a later one may be older. Without a
    /// boot time, which every Linux shows, there are no holders.
    pub(super) fn find(root: &Path, wanted: &HashSet<u64>) -> Self {
        let mut holders = Self::default();
        if wanted.is_empty() {
            return holders;
        }
        let Some(booted_at) = boot_time(root) else {
            return holders;
        };
        holders.booted_at = booted_at;
        for (pid, folder) in processes(root) {
            let held = held_sockets(&folder, wanted);
            if !held.is_empty() {
                holders.add(pid, &folder, held);
            }
        }
        holders
    }

    /// Notes a process, unless it has ended meanwhile.
    fn add(&mut self, pid: u32, folder: &Path, held: BTreeSet<u64>) {
        let Some((started_ticks, program)) = start_ticks(folder).zip(program(folder)) else {
            return;
        };
        let holder = Holder { started_ticks, pid };
        self.programs.insert(holder, program);
        for inode in held {
            self.by_inode.entry(inode).or_default().push(holder);
        }
    }

    /// The oldest process that holds one of these sockets.
    pub(super) fn owner<'a>(&self, inodes: impl Iterator<Item = &'a u64>) -> Option<Owner> {
        let holders = inodes.filter_map(|inode| self.by_inode.get(inode));
        let holders: BTreeSet<&Holder> = holders.flatten().collect();
        let oldest = *holders.first()?;
        let age_ms = oldest.started_ticks.checked_mul(TICK_MS)?;
        let started_ms = self.booted_at.checked_mul(1000)?.checked_add(age_ms)?;
        Some(Owner {
            pid: oldest.pid,
            program: self.programs.get(oldest)?.clone(),
            started_at: DateTime::from_timestamp_millis(started_ms)?,
            others: u32::try_from(holders.len().saturating_sub(1)).unwrap_or(u32::MAX),
        })
    }
}

/// When the machine was started, in seconds since 1970.
fn boot_time(root: &Path) -> Option<i64> {
    let text = std::fs::read(root.join("stat")).ok()?;
    parse_boot_time(&String::from_utf8_lossy(&text))
}

pub(super) fn parse_boot_time(stat: &str) -> Option<i64> {
    let line = stat.lines().find_map(|line| line.strip_prefix("btime "))?;
    line.trim().parse().ok()
}

/// The folders of all processes.
fn processes(root: &Path) -> impl Iterator<Item = (u32, PathBuf)> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        Some((pid, entry.path()))
    })
}

/// One process of each network namespace that is not ours.
pub(super) fn strangers(root: &Path) -> Vec<PathBuf> {
    let namespace = |folder: &Path| std::fs::read_link(folder.join("ns/net")).ok();
    let Some(own) = namespace(&root.join("self")) else {
        return Vec::new();
    };
    let mut seen = HashSet::from([own]);
    let all = processes(root).map(|(_pid, folder)| folder);
    all.filter(|folder| namespace(folder).is_some_and(|name| seen.insert(name)))
        .collect()
}

/// Which of the wanted sockets a process has open; none where we may not look.
fn held_sockets(folder: &Path, wanted: &HashSet<u64>) -> BTreeSet<u64> {
    let files = std::fs::read_dir(folder.join("fd")).into_iter().flatten();
    let targets = files.flatten().filter_map(|file| {
        let target = std::fs::read_link(file.path()).ok()?;
        parse_socket(target.to_str()?)
    });
    targets.filter(|inode| wanted.contains(inode)).collect()
}

/// The inode in `socket:[inode]`.
fn parse_socket(target: &str) -> Option<u64> {
    let inode = target.strip_prefix("socket:[")?.strip_suffix(']')?;
    inode.parse().ok()
}

/// When a process started, in ticks since the boot.
fn start_ticks(folder: &Path) -> Option<i64> {
    let text = std::fs::read(folder.join("stat")).ok()?;
    parse_start_ticks(&String::from_utf8_lossy(&text))
}

/// Field 22 of `pid (name) state ...`.
///
/// The name can hold blanks and parentheses, so fields are counted from the last parenthesis on.
pub(super) fn parse_start_ticks(stat: &str) -> Option<i64> {
    let (_, fields_from_3) = stat.rsplit_once(')')?;
    let field_22 = fields_from_3.split_ascii_whitespace().nth(19)?;
    field_22.parse().ok()
}

/// What a process runs. Its command line is never read, as it can hold secrets.
fn program(folder: &Path) -> Option<String> {
    let file = std::fs::read_link(folder.join("exe")).ok();
    let file = file.as_deref().and_then(Path::file_name);
    if let Some(name) = file.map(|name| name.to_string_lossy()) {
        // The kernel's mark for a program that was replaced on disk, as by an update.
        return Some(printable(name.strip_suffix(" (deleted)").unwrap_or(&name)));
    }
    let name = std::fs::read(folder.join("comm")).ok()?;
    Some(printable(String::from_utf8_lossy(&name).trim_end()))
}

/// Anyone can name a program, so nothing that could steer a terminal or a page gets through.
fn printable(name: &str) -> String {
    let is_shown = |c: char| c.is_alphanumeric() || c.is_ascii_graphic() || c == ' ';
    let shown = name.chars().map(|c| if is_shown(c) { c } else { '?' });
    shown.take(LONGEST_NAME).collect()
}
