//! How long to wait before something is tried again.

use std::time::Duration;

/// Longest wait, in seconds.
const CAP: u32 = 300;

/// Full jitter below 2 s, 4 s, 8 s ... 300 s; `tries` counts the ones that failed.
pub(crate) fn step_delay_seconds(tries: i32) -> i32 {
    let doublings = u32::try_from(tries.clamp(1, 10)).unwrap_or(1);
    let ceiling = 2_u32.saturating_pow(doublings).min(CAP);
    i32::try_from(rand::random_range(1..=ceiling)).unwrap_or(1)
}

/// Wait between tries to connect: around half a second, one, two.
pub(crate) fn connect_delay(tries: u32) -> Duration {
    let base = 500_u64.saturating_mul(1 << tries.saturating_sub(1).min(4));
    Duration::from_millis(rand::random_range(base / 2..=base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_stay_within_their_ceiling() {
        for tries in [-1, 0, 1, 5, 100, i32::MAX] {
            for _ in 0..50 {
                assert!((1..=300).contains(&step_delay_seconds(tries)), "{tries}");
            }
        }
        assert!((0..50).all(|_| step_delay_seconds(1) <= 2));
        assert!((0..50).all(|_| connect_delay(2) <= Duration::from_secs(1)));
    }
}
