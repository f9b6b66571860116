//! When nobody asks at a port any more: no request is worked on, none came for a while, and none
//! waits in the kernel.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Mark;

/// How long nobody may have asked.
const QUIET: Duration = Duration::from_millis(500);
/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(50);
/// Tables of the kernel, for both families.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// Waits for quiet, at most `limit`; answers with what was still open then.
pub(super) async fn wait(mark: &Arc<Mark>, limit: Duration) -> usize {
    let deadline = Instant::now() + limit;
    loop {
        let is_quiet = mark.in_flight() == 0 && mark.quiet_for() >= QUIET;
        let waiting = if is_quiet { waiting_at(mark.port) } else { 0 };
        if is_quiet && waiting == 0 {
            return 0;
        }
        if Instant::now() >= deadline {
            return mark.in_flight() + waiting_at(mark.port);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Waits, at most `limit`, until no request is worked on and none came for a while, on a listener that takes no
/// more connections.
pub(super) async fn settle(mark: &Arc<Mark>, limit: Duration) {
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline && (mark.in_flight() > 0 || mark.quiet_for() < QUIET) {
        tokio::time::sleep(LOOK).await;
    }
}

/// Sockets of a port in which the kernel holds something that was not read: connections that were not
/// accepted, and requests on those that were.
fn waiting_at(port: u16) -> usize {
    TABLES
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .map(|table| waiting_in(&table, port))
        .sum()
}

/// Reads a table as proc(5) describes it: `sl local_address rem_address st tx_queue:rx_queue ..`.
fn waiting_in(table: &str, port: u16) -> usize {
    let waits = |line: &&str| {
        let mut words = line.split_ascii_whitespace().skip(1);
        let local = words.next()?.rsplit_once(':')?.1;
        let queues = words.nth(2)?;
        let read = |text: &str| u64::from_str_radix(text, 16).ok();
        let is_here = read(local)? == u64::from(port);
        (is_here && read(queues.split_once(':')?.1)? > 0).then_some(())
    };
    table
        .lines()
        .skip(1)
        .filter(|line| waits(line).is_some())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_holds_is_counted_by_port() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when\n\
            0: 0100007F:1F40 00000000:0000 0A 00000000:00000002 00:00000000 00000000 0 0 1\n\
            1: 0100007F:1F40 0100007F:A001 01 00000000:0000001C 00:00000000 00000000 0 0 2\n\
            2: 0100007F:1F40 0100007F:A002 01 00000009:00000000 00:00000000 00000000 0 0 3\n\
            3: 0100007F:1F41 0100007F:A003 01 00000000:00000001 00:00000000 00000000 0 0 4\n\
            4: 0100007F:A001 0100007F:1F40 01 00000000:00000001 00:00000000 00000000 0 0 5\n";
        assert_eq!(waiting_in(table, 8000), 2);
        assert_eq!(waiting_in(table, 8001), 1);
        assert_eq!(waiting_in(table, 8002), 0);
        assert_eq!(waiting_in("", 8000), 0);
    }
}
