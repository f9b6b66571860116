//! Chooses a free port. Pure: callers persist the choice.

use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::domain::record::{Strategy, single};

/// Ports that browsers refuse to open (WHATWG Fetch, section 2.9, "bad port"), from 1024 on.
pub const BROWSER_BLOCKED: [u16; 22] = [
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669,
    6679, 6697, 10080, 1521, 1433, 3306,
];

/// What is wished of a choice.
#[derive(Clone, Debug)]
pub struct Wish<'a> {
    /// Ports that the service had before, newest first.
    pub former: &'a [u16],
    /// The place that its name gives it.
    pub preferred: u16,
    /// How to choose.
    pub strategy: Strategy,
}

/// Chooses out of the free parts of the range, which are in order: a former port, else the preferred
/// place or the next free one after it, else the lowest.
pub fn choose(wish: &Wish<'_>, free: &[Range<u32>]) -> Option<u16> {
    let is_free = |port: u16| free.iter().any(|part| part.contains(&u32::from(port)));
    if let Some(port) = wish.former.iter().copied().find(|port| is_free(*port)) {
        return Some(port);
    }
    let lowest = || free.first().map(|part| part.start);
    let chosen = match wish.strategy {
        Strategy::Lowest => lowest(),
        Strategy::Hash => {
            let place = u32::from(wish.preferred);
            let after = |part: &Range<u32>| (part.end > place).then(|| part.start.max(place));
            free.iter().find_map(after).or_else(lowest)
        }
    };
    chosen.and_then(|port| u16::try_from(port).ok())
}

/// The place of a name in a range: the same whatever else is in it.
pub fn place(suite: &str, service: &str, ports: &Range<u32>) -> u16 {
    let digest = Sha256::new()
        .chain_update(suite)
        .chain_update("/")
        .chain_update(service)
        .finalize();
    let number = digest
        .iter()
        .take(8)
        .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let size = u64::from(ports.end.saturating_sub(ports.start)).max(1);
    u16::try_from(u64::from(ports.start) + number % size).unwrap_or(u16::MAX)
}

/// Joins single ports into parts.
pub fn parts(ports: impl IntoIterator<Item = u16>) -> Vec<Range<u32>> {
    ports.into_iter().map(single).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(former: &[u16], preferred: u16, strategy: Strategy) -> Wish<'_> {
        Wish {
            former,
            preferred,
            strategy,
        }
    }

    #[test]
    fn a_former_port_comes_first_then_the_place_then_the_next() {
        let free = [8009..8010, 8027..8100, 8101..9000];
        for (former, preferred, strategy, chosen) in [
            (&[8500][..], 8700, Strategy::Hash, 8500),
            (&[8001, 8028][..], 8700, Strategy::Hash, 8028),
            (&[][..], 8700, Strategy::Hash, 8700),
            (&[][..], 8100, Strategy::Hash, 8101),
            (&[][..], 8010, Strategy::Hash, 8027),
            (&[][..], 8700, Strategy::Lowest, 8009),
        ] {
            assert_eq!(
                choose(&wish(former, preferred, strategy), &free),
                Some(chosen)
            );
        }
    }

    #[test]
    fn after_the_last_free_port_comes_the_first() {
        let free = vec![8009..8010; 1];
        assert_eq!(choose(&wish(&[], 8700, Strategy::Hash), &free), Some(8009));
    }

    #[test]
    fn nothing_free_is_no_choice() {
        assert_eq!(choose(&wish(&[8500], 8700, Strategy::Hash), &[]), None);
    }

    #[test]
    fn a_place_depends_on_the_name_only_and_lies_in_the_range() {
        let ports = 8000..9000;
        let first = place("a", "web", &ports);
        assert_eq!(first, place("a", "web", &ports));
        assert_ne!(first, place("b", "web", &ports));
        for number in 0..500 {
            assert!(ports.contains(&u32::from(place("a", &number.to_string(), &ports))));
        }
        assert_eq!(place("a", "web", &(65535..65536)), 65535);
    }
}
