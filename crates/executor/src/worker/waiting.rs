//! Steps that wait: a long wait gives its place back and is claimed again when it is due.

use std::time::{Duration, Instant};

use clients::outside::OutsideError;
use common::model::job::{Awaited, AwaitedHttp, AwaitedPort, StepSpec, WaitSpec};
use tracing::warn;

use super::attempt::Attempt;
use super::limited;
use crate::connector::Fault;
use crate::domain::command::render_plain;
use crate::domain::known::Known;
use crate::domain::outcome::{Ending, Verdict};
use crate::domain::plan::{bad_step, read_spec, unfilled};
use crate::store;

/// Shorter waits keep their place.
const SHORT: Duration = Duration::from_secs(1);
/// How long something is looked for without giving the place back.
const AT_ONCE: Duration = Duration::from_secs(10);
/// Longest wait for the answer to one look.
const LOOK: Duration = Duration::from_secs(5);
/// Shortest and longest time without a look, in seconds.
const BLIND_SEC: (u64, u64) = (5, 60);

impl Attempt<'_> {
    /// Waits for what the claim says; tells what is to be done with it.
    pub(super) async fn wait(&self, known: &Known) -> Verdict {
        let awaited = match self.awaited(known) {
            Ok(Awaited::Seconds(0)) => return Ending::succeeded().into(),
            Ok(awaited) => awaited,
            Err(fault) => return self.unsent(&fault),
        };
        let waited = self.guarded(self.wait_for(&awaited)).await;
        waited.unwrap_or_else(|stopped| stopped)
    }

    fn awaited(&self, known: &Known) -> Result<Awaited, Fault> {
        let StepSpec::Wait(WaitSpec { awaited }) = read_spec(self.claim)? else {
            return Err(bad_step("it waits for nothing"));
        };
        if matches!(awaited, Awaited::Seconds(_)) {
            return Ok(awaited);
        }
        let values = known.values(self.claim);
        let fill = |text: &str, field| render_plain(text, &values).map_err(unfilled(field));
        Ok(match awaited {
            Awaited::Port(AwaitedPort { host, port }) => {
                let host = match host {
                    Some(host) => fill(&host, "host")?,
                    None => fill("{{ target.hostname }}", "host")?,
                };
                let host = Some(host);
                Awaited::Port(AwaitedPort { host, port })
            }
            Awaited::Http(http) => {
                let url = fill(&http.url, "url")?;
                Awaited::Http(AwaitedHttp { url, ..http })
            }
            seconds @ Awaited::Seconds(_) => seconds,
        })
    }

    /// How long this try of the step has waited, whoever has claimed it since.
    pub(super) async fn begin_waiting(&self) -> Result<Duration, Verdict> {
        let begun = limited(async {
            let mut conn = self.worker.db.acquire().await?;
            let failures = self.claim.failures;
            store::claims::begin_waiting(&mut conn, self.fence(), failures).await
        });
        match begun.await {
            Ok(Some(seconds)) => Ok(Duration::try_from_secs_f64(seconds).unwrap_or_default()),
            Ok(None) => Err(Verdict::Drop),
            Err(error) => {
                warn!(step.id = self.claim.step_id, "A step cannot wait: {error}");
                Err(self.later("database_unavailable"))
            }
        }
    }

    async fn wait_for(&self, awaited: &Awaited) -> Verdict {
        let waited = match self.begin_waiting().await {
            Ok(waited) => waited,
            Err(verdict) => return verdict,
        };
        // Later than the database looked: a wait is never too short.
        let told_at = Instant::now();
        let waited = || waited + told_at.elapsed();
        if let Awaited::Seconds(seconds) = awaited {
            let left = Duration::from_secs(u64::from(*seconds)).saturating_sub(waited());
            if left >= SHORT {
                return parked(left.as_secs());
            }
            tokio::time::sleep(left).await;
            return Ending::succeeded().into();
        }
        self.look_for(awaited, waited).await
    }

    async fn look_for(&self, awaited: &Awaited, waited: impl Fn() -> Duration) -> Verdict {
        let seconds = u64::try_from(self.claim.timeout_sec).unwrap_or(1).max(1);
        let limit = Duration::from_secs(seconds);
        loop {
            let seen = match self.look(awaited).await {
                Ok(()) => return Ending::succeeded().into(),
                Err(Unseen::Never(why)) => return Ending::failed("not_allowed", why).into(),
                Err(Unseen::Yet(seen)) => seen,
            };
            let left = limit.saturating_sub(waited());
            if left.is_zero() {
                let note = format!("Not there after {seconds} s: {seen}.");
                return Ending::failed("timed_out", note).into();
            }
            if waited() > AT_ONCE && left > SHORT {
                let blind = (waited().as_secs() / 10).clamp(BLIND_SEC.0, BLIND_SEC.1);
                return parked(blind.min(left.as_secs()));
            }
            tokio::time::sleep(left.min(SHORT)).await;
        }
    }

    async fn look(&self, awaited: &Awaited) -> Result<(), Unseen> {
        let outside = &self.worker.outside;
        match awaited {
            Awaited::Seconds(_) => Ok(()),
            Awaited::Port(AwaitedPort { host, port }) => {
                let host = host.as_deref().unwrap_or_default();
                let touched = outside.touch(host, *port, LOOK).await;
                touched.map_err(|error| Unseen::of(&format!("{host}, port {port}"), &error))
            }
            Awaited::Http(AwaitedHttp {
                url,
                expected_status,
            }) => match (outside.status(url, LOOK).await, expected_status) {
                (Ok(status), Some(expected)) if status == *expected => Ok(()),
                (Ok(200..=299), None) => Ok(()),
                (Ok(status), _) => Err(Unseen::Yet(format!("{url} answers with status {status}"))),
                (Err(error), _) => Err(Unseen::of(url, &error)),
            },
        }
    }
}

/// What was seen instead of what is waited for.
enum Unseen {
    /// It may come.
    Yet(String),
    /// It may not even be looked for.
    Never(String),
}

impl Unseen {
    fn of(place: &str, error: &OutsideError) -> Self {
        match error {
            OutsideError::BadUrl(_) | OutsideError::Denied(_) => Self::Never(format!("{error}.")),
            OutsideError::Unreachable(_) | OutsideError::TimedOut | OutsideError::Broken(_) => {
                Self::Yet(format!("{place}: {error}"))
            }
        }
    }
}

fn parked(seconds: u64) -> Verdict {
    parked_for("waiting", seconds)
}

/// Gives the place back for so long.
pub(super) fn parked_for(reason: &'static str, seconds: u64) -> Verdict {
    Verdict::Release {
        reason,
        delay_seconds: i32::try_from(seconds).unwrap_or(i32::MAX),
    }
}
