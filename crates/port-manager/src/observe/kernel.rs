//! The kernel's own rules about ports.

use std::fs::File;
use std::io::Read as _;
use std::ops::RangeInclusive;
use std::path::Path;

/// Longest setting: the list that names every second port.
const LONGEST: usize = 200_000;

/// Which ports the kernel hands out, spares or protects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelPorts {
    /// Ports that it picks from for connections that name none.
    pub ephemeral: RangeInclusive<u16>,
    /// Ports that it never picks by itself, in ascending order.
    pub reserved: Vec<RangeInclusive<u16>>,
    /// First port that needs no privilege to listen on.
    pub unprivileged_from: u16,
}

impl KernelPorts {
    /// Whether the kernel may give this port to any outgoing connection.
    #[must_use]
    pub fn hands_out(&self, port: u16) -> bool {
        let is_reserved = self.reserved.iter().any(|range| range.contains(&port));
        self.ephemeral.contains(&port) && !is_reserved
    }

    /// Reads the settings; those that are missing or unclear have the kernel's default.
    pub(super) fn read(root: &Path) -> Self {
        let folder = root.join("sys/net/ipv4");
        let default = Self::default();
        let ephemeral = read_setting(&folder.join("ip_local_port_range"));
        let reserved = read_setting(&folder.join("ip_local_reserved_ports"));
        let unprivileged = read_setting(&folder.join("ip_unprivileged_port_start"));
        Self {
            ephemeral: parse_bounds(&ephemeral).unwrap_or(default.ephemeral),
            reserved: parse_ranges(&reserved),
            unprivileged_from: unprivileged
                .trim()
                .parse()
                .unwrap_or(default.unprivileged_from),
        }
    }
}

/// What the kernel starts with.
impl Default for KernelPorts {
    fn default() -> Self {
        Self {
            ephemeral: 32768..=60999,
            reserved: Vec::new(),
            unprivileged_from: 1024,
        }
    }
}

/// The text of a setting; empty where it cannot be read.
///
/// One read must get it all: the kernel answers any further one with the end of the file, and
/// `std::fs::read` asks for 32 bytes at first, which would cut the list of reserved ports.
fn read_setting(path: &Path) -> String {
    let mut text = vec![0; LONGEST];
    let length = File::open(path).and_then(|mut file| file.read(&mut text));
    text.truncate(length.unwrap_or(0));
    String::from_utf8_lossy(&text).into_owned()
}

/// Two numbers with a blank between them.
pub(super) fn parse_bounds(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.trim().split_once(|c: char| c.is_ascii_whitespace())?;
    parse_range(first, last.trim())
}

/// Ports and ranges such as `8080,9000-9010`; what is neither is skipped.
pub(super) fn parse_ranges(text: &str) -> Vec<RangeInclusive<u16>> {
    let items = text.trim().split(',');
    let ranges = items.filter_map(|item| {
        let (first, last) = item.split_once('-').unwrap_or((item, item));
        parse_range(first, last)
    });
    ranges.collect()
}

fn parse_range(first: &str, last: &str) -> Option<RangeInclusive<u16>> {
    let range = first.parse().ok()?..=last.parse().ok()?;
    (!range.is_empty()).then_some(range)
}
