//! How a worker is told from all others.

use service_kit::request::new_id;

/// Name of this machine.
pub(super) fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name: String = name.trim().chars().take(100).collect();
    if name.is_empty() {
        "localhost".to_owned()
    } else {
        name
    }
}

/// A new name for this process.
pub(super) fn worker_id(host: &str) -> String {
    let random: String = new_id().chars().rev().take(8).collect();
    format!("{host}-{}-{random}", std::process::id())
}
