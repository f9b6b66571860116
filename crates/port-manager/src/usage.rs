//! What this process uses of the machine.

use std::time::Duration;

/// Clock ticks of a second in `/proc`: 100 on every Linux in use (USER_HZ).
const TICKS: f64 = 100.0;

/// Use of processor and memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// Share of one processor since the start, in percent.
    pub(crate) cpu_percent: f64,
    /// Resident memory, in MB.
    pub(crate) memory_mb: f64,
}

/// Measures; what cannot be read counts as 0.
pub(crate) fn measure(uptime: Duration) -> Usage {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    // The name of the program, in parentheses, can hold anything.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|text| text.parse::<f64>().ok())
        .sum();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = resident.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    let round = |number: f64| (number * 100.0).round() / 100.0;
    Usage {
        cpu_percent: round(ticks / TICKS / uptime.as_secs_f64().max(0.01) * 100.0),
        memory_mb: round(kib.unwrap_or_default() / 1024.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_process_uses_memory() {
        let usage = measure(Duration::from_secs(1));
        assert!(usage.memory_mb > 1.0, "{usage:?}");
    }
}
