//! The course of a move, phase by phase. Each is written down when it is done, so that another port manager
//! can go on from there; orders to services carry the number of who leads.

use serde_json::json;
use tokio::time::sleep;
use tracing::{info, warn};

use super::{PAUSE, PROOFS, contract, platform};
use crate::app::App;
use crate::domain::assignment;
use crate::domain::health::Verdict;
use crate::domain::ledger::{Actor, Ledger, PortChange};
use crate::domain::record::{ClaimKind, Move, Phase, Service, Suite, platform_name};
use crate::domain::target;
use crate::error::Error;
use crate::partner::{self, Partner};
use crate::probe::Place;
use crate::store;
use crate::store::events::NewEvent;

/// How long a move is led without a sign of life, in seconds; then another port manager takes over.
pub const LEASE: f64 = 10.0;

/// A move that this process leads.
pub struct Course {
    /// Where it is.
    pub step: Move,
    /// The suite.
    pub suite: Suite,
    /// The service, as it was when the move began or was taken over.
    pub service: Service,
    /// Number of the event that told the last phase: gateways that know it know the phase.
    pub revision: i64,
}

/// Why a move does not go on.
#[derive(Debug)]
pub enum Halt {
    /// It cannot be done; in words.
    Fault(String),
    /// Another port manager leads it by now, or the service was removed.
    Lost,
    /// The database does not answer.
    Broken(Error),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl From<sqlx::Error> for Halt {
    fn from(error: sqlx::Error) -> Self {
        Self::Broken(error.into())
    }
}

impl Course {
    /// Reads a move that this process leads.
    ///
    /// # Errors
    /// When there is none any more.
    pub async fn read(app: &App, id: i64) -> Result<Self, Error> {
        let mut conn = app.store.acquire().await?;
        let step = store::moves::find(&mut conn, id).await?;
        let step = step.ok_or(Error::NoSuchMove(id))?;
        let suite = target::suite(&mut conn, Some(&step.suite)).await?;
        let service = target::service(&mut conn, &suite, &step.service).await?;
        let (_epoch, revision) = store::head::get(&mut conn).await?;
        Ok(Self {
            step,
            suite,
            service,
            revision,
        })
    }

    /// Name in tokens, if the service is one of ours.
    pub fn platform_name(&self) -> Option<&'static str> {
        platform_name(&self.suite.name, &self.service.name)
    }

    /// Leads the move to its end, and says each phase to `tell`.
    ///
    /// # Errors
    /// When the database fails or another port manager has taken over; the move then goes on elsewhere.
    pub async fn lead(
        &mut self,
        app: &App,
        actor: Actor<'_>,
        tell: impl Fn(&Move),
    ) -> Result<(), Halt> {
        while !self.step.phase.is_end() {
            let is_first = self.step.phase == Phase::Staged;
            let obstacle = is_first.then(|| self.step.fault.take()).flatten();
            let done = match (obstacle, self.platform_name()) {
                (Some(why), _) => Err(Halt::Fault(why)),
                (None, Some(name)) => Box::pin(platform::advance(app, self, name)).await,
                (None, None) => Box::pin(contract::advance(app, self)).await,
            };
            let next = match done {
                Ok(next) => next,
                Err(Halt::Fault(why)) if self.step.phase != Phase::RollingBack => {
                    warn!(
                        "{} goes back to port {}: {why}",
                        self.step.service, self.step.from
                    );
                    self.step.fault = Some(why.chars().take(1000).collect());
                    Phase::RollingBack
                }
                Err(halt) => return Err(halt),
            };
            self.record(app, actor, next).await?;
            tell(&self.step);
        }
        Ok(())
    }

    /// Keeps the lead while something is waited for.
    ///
    /// # Errors
    /// When another one leads by now.
    pub async fn renew(&self, app: &App) -> Result<(), Halt> {
        let mut conn = app.store.acquire().await?;
        if store::moves::renew(&mut conn, &self.step, LEASE).await? {
            Ok(())
        } else {
            Err(Halt::Lost)
        }
    }

    /// Asks at the new port until several answers in a row are good; else says what the last one was.
    ///
    /// # Errors
    /// When another one leads by now.
    pub(super) async fn find_unproved(
        &self,
        app: &App,
        place: &Place,
        looks: u32,
    ) -> Result<Option<String>, Halt> {
        let (mut proofs, mut last) = (0, String::new());
        for look in 0..looks {
            let check = app.probe.health(place).await;
            proofs = if check.verdict == Verdict::Bad {
                0
            } else {
                proofs + 1
            };
            if proofs >= PROOFS {
                return Ok(None);
            }
            last = check.detail;
            // A look can take as long as the time limit of a check.
            if look % 3 == 2 {
                self.renew(app).await?;
            }
            sleep(PAUSE).await;
        }
        Ok(Some(last))
    }

    /// Writes down that a phase is done, with all that goes with it.
    async fn record(&mut self, app: &App, actor: Actor<'_>, phase: Phase) -> Result<(), Halt> {
        self.step.phase = phase;
        let mut ledger = Ledger::begin(app, actor).await?;
        let at = ledger.at;
        if !store::moves::update(ledger.conn(), &self.step, at, LEASE).await? {
            return Err(Halt::Lost);
        }
        self.step.note(phase, at);
        if phase == Phase::Committed {
            let names = (&self.suite, self.service.name.as_str());
            settle(&mut ledger, names, &self.step.reason).await?;
            self.certify(&mut ledger);
        } else if phase == Phase::RolledBack {
            self.give_up(&mut ledger).await?;
        }
        let event = NewEvent {
            suite: &self.suite.name,
            kind: "move_progress",
            service: Some(&self.service.name),
            old_port: Some(self.step.from),
            new_port: Some(self.step.to),
            data: json!({"move_id": self.step.id, "phase": phase.as_str(), "fault": self.step.fault}),
        };
        ledger.tell(&[event]).await?;
        self.revision = ledger.commit().await?;
        info!(
            service = self.step.service,
            phase = phase.as_str(),
            "Move of {} from port {} to {}: {}",
            self.step.service,
            self.step.from,
            self.step.to,
            phase.as_str()
        );
        Ok(())
    }

    /// Has the drain certificate written into the audit log.
    fn certify(&self, ledger: &mut Ledger<'_>) {
        let step = &self.step;
        let facts = json!({
            "suite": step.suite, "move": step.id, "from": step.from, "to": step.to,
            "in_flight_at_switch": step.certificate.in_flight_at_switch, "lost": step.certificate.lost,
            "milliseconds": super::durations(step, Some(ledger.at)),
        });
        let facts = facts.as_object().cloned().unwrap_or_default();
        ledger.note("port.moved", ("service", &step.service), facts);
    }

    /// Gives the new port free again and says why.
    async fn give_up(&self, ledger: &mut Ledger<'_>) -> Result<(), Halt> {
        let (step, at) = (&self.step, ledger.at);
        let staged = [ClaimKind::Staged];
        store::claims::delete_of_services(ledger.conn(), &[self.service.id], &staged).await?;
        let why = step.fault.as_deref().unwrap_or_default();
        let facts = json!({"suite": step.suite, "why": why, "from": step.from, "to": step.to});
        let facts = facts.as_object().cloned().unwrap_or_default();
        ledger.note("port.move_failed", ("service", &step.service), facts);
        let report = partner::error_report(&step.service, "port_move_failed", why, at);
        let sent = ledger.send(Partner::Ninja, partner::ERROR_REPORT, vec![report]);
        Ok(sent.await?)
    }
}

/// Gives a service the port that is staged for it; the old one stays in quarantine.
///
/// # Errors
/// When nothing is staged, or the database refuses.
pub(super) async fn settle(
    ledger: &mut Ledger<'_>,
    (suite, name): (&Suite, &str),
    reason: &str,
) -> Result<(), Error> {
    let at = ledger.at;
    // It may have been changed by somebody else meanwhile.
    let service = target::service(ledger.conn(), suite, name).await?;
    let staged = store::claims::find_staged(ledger.conn(), service.id).await?;
    let Some(port) = staged else {
        let why = "its new port was given free meanwhile".to_owned();
        return Err(Error::MoveFailed(
            service.name,
            service.port.unwrap_or(0),
            why,
        ));
    };
    assignment::release(ledger, &[&service]).await?;
    store::claims::settle(ledger.conn(), service.id, at).await?;
    let change = PortChange {
        actor: ledger.actor,
        suite,
        service: &service,
        port: Some(port),
        reason,
    };
    ledger.tell_ports(&[change]).await
}
