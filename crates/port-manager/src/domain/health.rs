//! What a row of checks says of a service. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Bad answers in a row after which a service counts as unhealthy.
const FALL: u32 = 3;
/// Good answers in a row after which it counts as healthy again.
const RISE: u32 = 2;
/// Checks that flapping is judged by.
const WINDOW: u32 = 21;
/// Changes in the window from which on a service flaps, and below which it does so no more; in percent.
const FLAPPING_PERCENT: (u32, u32) = (50, 25);
/// Slower answers than this are good, but degraded.
const SLOW_MS: u32 = 1000;

/// How a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Never checked, or not often enough.
    Unknown,
    /// Answers well.
    Healthy,
    /// Answers, but slowly or with "too many requests".
    Degraded,
    /// Does not answer, or not well, or is somebody else.
    Unhealthy,
    /// A person said that its health counts for nothing now.
    Maintenance,
    /// Changes all the time.
    Flapping,
}

impl Status {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
            Self::Maintenance => "maintenance",
            Self::Flapping => "flapping",
        }
    }

    /// Reads the word of the database.
    pub fn read(word: &str) -> Result<Self, sqlx::Error> {
        let all = [
            Self::Unknown,
            Self::Healthy,
            Self::Degraded,
            Self::Unhealthy,
            Self::Maintenance,
            Self::Flapping,
        ];
        let found = all.into_iter().find(|status| status.as_str() == word);
        found.ok_or_else(|| sqlx::Error::Decode(format!("unknown status {word}").into()))
    }

    /// Whether requests to it can be expected to work.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Healthy | Self::Degraded)
    }
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Whether the service is well.
    pub verdict: Verdict,
    /// Time of the answer, in milliseconds; none without one.
    pub latency_ms: Option<u32>,
    /// Who the answer said it came from.
    pub identity: Option<String>,
    /// What was seen, in words.
    pub detail: String,
}

/// Whether a check was good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// 200, quickly, from the right one.
    Good,
    /// Good, but slow or overloaded.
    Poor,
    /// Anything else.
    Bad,
}

/// What is known of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// How it is.
    pub status: Status,
    /// When this began.
    pub since: DateTime<Utc>,
    /// When it was checked last.
    pub last_checked: Option<DateTime<Utc>>,
    /// Time of the last answer, in milliseconds.
    pub latency_ms: Option<u32>,
    /// Good checks in a row.
    pub good_streak: u32,
    /// Bad checks in a row.
    pub bad_streak: u32,
    /// The last checks as bits, newest lowest.
    pub recent: u32,
    /// How many checks there were.
    pub checks: u64,
    /// Who the last answer said it came from.
    pub identity: Option<String>,
    /// What was seen last, in words.
    pub detail: String,
}

impl Condition {
    /// That of a service that was never checked.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            status: Status::Unknown,
            since: now,
            last_checked: None,
            latency_ms: None,
            good_streak: 0,
            bad_streak: 0,
            recent: 0,
            checks: 0,
            identity: None,
            detail: "not checked yet".to_owned(),
        }
    }

    /// Takes in a check.
    #[must_use]
    pub fn after(mut self, check: Check, now: DateTime<Utc>) -> Self {
        let is_good = check.verdict != Verdict::Bad;
        (self.good_streak, self.bad_streak) = if is_good {
            (self.good_streak.saturating_add(1), 0)
        } else {
            (0, self.bad_streak.saturating_add(1))
        };
        self.recent = ((self.recent << 1) | u32::from(is_good)) & ((1 << WINDOW) - 1);
        self.checks = self.checks.saturating_add(1);
        self.latency_ms = check.latency_ms;
        self.identity = check.identity;
        self.detail = check.detail;
        self.last_checked = Some(now);
        let status = self.judge(check.verdict);
        self.enter(status, now)
    }

    /// Notes that its health counts for nothing now.
    #[must_use]
    pub fn in_maintenance(self, now: DateTime<Utc>) -> Self {
        self.enter(Status::Maintenance, now)
    }

    fn enter(mut self, status: Status, now: DateTime<Utc>) -> Self {
        if self.status != status {
            self.status = status;
            self.since = now;
        }
        self
    }

    fn judge(&self, verdict: Verdict) -> Status {
        let changes = self.change_percent();
        let (enter, leave) = FLAPPING_PERCENT;
        let is_flapping = self.status == Status::Flapping;
        if changes >= enter || (is_flapping && changes >= leave) {
            return Status::Flapping;
        }
        let slow = self.latency_ms.is_some_and(|ms| ms > SLOW_MS);
        let up = if verdict == Verdict::Poor || slow {
            Status::Degraded
        } else {
            Status::Healthy
        };
        match verdict {
            Verdict::Bad if self.bad_streak >= FALL || !self.status.is_up() => Status::Unhealthy,
            Verdict::Bad => self.status,
            // The first answer of all counts at once.
            Verdict::Good | Verdict::Poor
                if self.good_streak >= RISE || self.checks == 1 || self.status.is_up() =>
            {
                up
            }
            Verdict::Good | Verdict::Poor => {
                let is_new = matches!(self.status, Status::Unknown | Status::Maintenance);
                if is_new { up } else { self.status }
            }
        }
    }

    /// How often good and bad changed in the window, in percent of how often they could have.
    fn change_percent(&self) -> u32 {
        if self.checks < u64::from(WINDOW) {
            return 0;
        }
        let pairs = (self.recent ^ (self.recent >> 1)) & ((1 << (WINDOW - 1)) - 1);
        pairs.count_ones() * 100 / (WINDOW - 1)
    }

    /// How old the last check is; none if there was none.
    pub fn age(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.last_checked.map(|at| now - at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(verdict: Verdict) -> Check {
        Check {
            verdict,
            latency_ms: (verdict != Verdict::Bad).then_some(3),
            identity: None,
            detail: String::new(),
        }
    }

    fn run(text: &str) -> Condition {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        text.chars().fold(Condition::new(now), |condition, c| {
            let verdict = match c {
                '+' => Verdict::Good,
                '~' => Verdict::Poor,
                _ => Verdict::Bad,
            };
            condition.after(check(verdict), now)
        })
    }

    #[test]
    fn three_bad_answers_make_it_unhealthy_and_two_good_ones_heal_it() {
        for (checks, status) in [
            ("", Status::Unknown),
            ("+", Status::Healthy),
            ("~", Status::Degraded),
            ("-", Status::Unhealthy),
            ("+-", Status::Healthy),
            ("+--", Status::Healthy),
            ("+---", Status::Unhealthy),
            ("+---+", Status::Unhealthy),
            ("+---++", Status::Healthy),
            ("++~", Status::Degraded),
            ("+--+--", Status::Healthy),
        ] {
            assert_eq!(run(checks).status, status, "{checks}");
        }
    }

    #[test]
    fn what_changes_all_the_time_flaps_until_it_is_quiet() {
        let flapping = "+-".repeat(11);
        assert_eq!(run(&flapping).status, Status::Flapping);
        assert_eq!(run(&format!("{flapping}++++")).status, Status::Flapping);
        assert_eq!(
            run(&format!("{flapping}{}", "+".repeat(20))).status,
            Status::Healthy
        );
    }

    #[test]
    fn a_status_keeps_the_time_of_its_beginning() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let first = Condition::new(at(0)).after(check(Verdict::Good), at(1));
        let second = first.after(check(Verdict::Good), at(2));
        assert_eq!((second.since, second.last_checked), (at(1), Some(at(2))));
    }

    #[test]
    fn maintenance_lasts_until_the_next_check() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let condition = run("+---").in_maintenance(now);
        assert_eq!(condition.status, Status::Maintenance);
        assert_eq!(
            condition.after(check(Verdict::Good), now).status,
            Status::Healthy
        );
    }
}
