//! Assignments that come at the same time are written in one transaction (group commit), so that each
//! pays for a part of the wait for the disk only.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use service_kit::caller::Person;
use tokio::sync::oneshot;

use crate::app::App;
use crate::domain::assignment::{self, Assigned, Insistence, Placement, RECENT, Wish};
use crate::domain::catalog;
use crate::domain::holders::Holders;
use crate::domain::ledger::{Actor, Ledger, PortChange};
use crate::domain::offer::Offer;
use crate::domain::record::{Service, Suite};
use crate::domain::target;
use crate::error::Error;
use crate::observe::Snapshot;
use crate::store;

/// Most assignments of one transaction.
const MOST: usize = 64;

/// How long the next transaction waits where several came together: those who were answered come back
/// with their next one in this time, and share it.
const LINGER: Duration = Duration::from_millis(3);

/// An assignment that waits.
struct Job {
    person: Person,
    suite: Option<String>,
    service: String,
    port: Option<u16>,
    insistence: Insistence,
    /// Who listens on the port that is wished.
    stranger: Option<String>,
    sockets: Arc<Snapshot>,
    answer: oneshot::Sender<Result<Assigned, Error>>,
}

/// Where assignments wait while others are written.
#[derive(Default)]
pub struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    is_served: bool,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody serves those who wait, so that the caller has to.
    fn add(&self, job: Job) -> bool {
        let mut state = self.state();
        state.waiting.push_back(job);
        !std::mem::replace(&mut state.is_served, true)
    }

    /// Those that go together: of one suite, each for another service. None is the end of serving.
    fn take(&self) -> Option<Vec<Job>> {
        let mut state = self.state();
        let Some(suite) = state.waiting.front().map(|job| job.suite.clone()) else {
            state.is_served = false;
            return None;
        };
        let mut services = BTreeSet::new();
        let (mut taken, mut left) = (Vec::new(), VecDeque::new());
        for job in state.waiting.drain(..) {
            if taken.len() < MOST && job.suite == suite && services.insert(job.service.clone()) {
                taken.push(job);
            } else {
                left.push_back(job);
            }
        }
        state.waiting = left;
        Some(taken)
    }
}

/// Lets others serve where this serving ends by a panic.
struct Serving<'a>(&'a Queue);

impl Drop for Serving<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.state().is_served = false;
        }
    }
}

/// Gives a service a port, and remembers who did so.
///
/// # Errors
/// When the port is taken, reserved or listened on by somebody else, or none is free.
pub async fn assign(app: &Arc<App>, person: &Person, wish: Wish<'_>) -> Result<Assigned, Error> {
    let stranger = match (wish.port, wish.insistence) {
        (Some(port), Insistence::Polite) => assignment::stranger_for(app, wish, port).await?,
        (Some(_), Insistence::Force) | (None, _) => None,
    };
    let (answer, answered) = oneshot::channel();
    let job = Job {
        person: person.clone(),
        suite: wish.suite.map(str::to_owned),
        service: wish.service.to_owned(),
        port: wish.port,
        insistence: wish.insistence,
        stranger,
        sockets: app.observer.look(RECENT).await?,
        answer,
    };
    if app.assignments.add(job) {
        let serving = Arc::clone(app);
        app.tasks
            .spawn("assignments", async move { serve(&serving).await });
    }
    answered.await.unwrap_or(Err(Error::Interrupted))
}

async fn serve(app: &App) {
    let _serving = Serving(&app.assignments);
    while let Some(jobs) = app.assignments.take() {
        let count = jobs.len();
        let outcomes = Box::pin(write(app, &jobs)).await;
        let outcomes = outcomes.unwrap_or_else(|error| vec![Err(error)]);
        let rest = std::iter::repeat_with(|| Err(Error::GroupFailed));
        for (job, outcome) in jobs.into_iter().zip(outcomes.into_iter().chain(rest)) {
            // The client may have gone away.
            let _sent = job.answer.send(outcome);
        }
        if count > 1 {
            tokio::time::sleep(LINGER).await;
        }
    }
}

/// What is decided about a job.
struct Decision<'a> {
    job: &'a Job,
    service: Service,
    is_new: bool,
    port: u16,
    has_claim: bool,
}

impl Decision<'_> {
    fn is_change(&self) -> bool {
        self.service.port != Some(self.port) || self.service.has_claim != self.has_claim
    }

    fn assigned(&self) -> Assigned {
        Assigned {
            service: self.service.name.clone(),
            port: self.port,
            previous: self.service.port.filter(|before| *before != self.port),
        }
    }
}

/// Decides about each job as if they came one after the other, and writes all that is granted.
async fn write(app: &App, jobs: &[Job]) -> Result<Vec<Result<Assigned, Error>>, Error> {
    let Some(first) = jobs.first() else {
        return Ok(Vec::new());
    };
    let mut ledger = Ledger::begin(app, Actor::Person(&first.person)).await?;
    let suite = match target::suite(ledger.conn(), first.suite.as_deref()).await {
        Err(Error::NoSuchSuite(name)) => {
            let refused = || Err(Error::NoSuchSuite(name.clone()));
            return Ok(jobs.iter().map(|_job| refused()).collect());
        }
        found => found?,
    };
    let mut batch = Batch::read(&mut ledger, &suite, jobs).await?;
    let mut decisions: Vec<Result<Decision<'_>, Error>> =
        jobs.iter().map(|job| batch.decide(job)).collect();
    add_services(&mut ledger, &suite, &mut decisions).await?;
    let granted = decisions.iter().flatten();
    let changed = granted.filter(|decision| decision.is_change());
    let placements: Vec<Placement<'_>> = changed
        .map(|decision| Placement {
            change: PortChange {
                actor: Actor::Person(&decision.job.person),
                suite: &suite,
                service: &decision.service,
                port: Some(decision.port),
                reason: "assigned",
            },
            has_claim: decision.has_claim,
        })
        .collect();
    assignment::place(&mut ledger, &placements).await?;
    ledger.commit().await?;
    let assigned = |decision: Result<Decision<'_>, Error>| Ok(decision?.assigned());
    Ok(decisions.into_iter().map(assigned).collect())
}

/// Adds the services that were not known and are granted a port.
async fn add_services(
    ledger: &mut Ledger<'_>,
    suite: &Suite,
    decisions: &mut [Result<Decision<'_>, Error>],
) -> Result<(), Error> {
    let granted = decisions.iter_mut().flatten();
    let mut new: Vec<&mut Decision<'_>> = granted.filter(|decision| decision.is_new).collect();
    let wanted = new
        .iter()
        .map(|new| (Actor::Person(&new.job.person), new.service.clone()));
    let added = catalog::add(ledger, suite, wanted).await?;
    for (decision, service) in new.iter_mut().zip(added) {
        decision.service = service;
    }
    Ok(())
}

/// Knows what has to be known to decide.
struct Batch<'a> {
    suite: &'a Suite,
    known: BTreeMap<String, Service>,
    holders: Holders,
    offer: Offer,
    at: chrono::DateTime<chrono::Utc>,
    added: i64,
}

impl<'a> Batch<'a> {
    async fn read(ledger: &mut Ledger<'_>, suite: &'a Suite, jobs: &[Job]) -> Result<Self, Error> {
        let names: Vec<&str> = jobs.iter().map(|job| job.service.as_str()).collect();
        let known = store::services::list_named(ledger.conn(), suite.id, &names).await?;
        let ids: Vec<i64> = known.iter().map(|service| service.id).collect();
        let wished: Vec<u16> = jobs.iter().filter_map(|job| job.port).collect();
        let automatic = jobs.iter().rfind(|job| job.port.is_none());
        Ok(Self {
            suite,
            known: known
                .into_iter()
                .map(|service| (service.name.clone(), service))
                .collect(),
            holders: Holders::read(ledger, &wished).await?,
            offer: match automatic {
                Some(newest) => Offer::read(ledger, suite, &ids, &newest.sockets).await?,
                None => Offer::default(),
            },
            at: ledger.at,
            added: 0,
        })
    }

    fn decide<'j>(&mut self, job: &'j Job) -> Result<Decision<'j>, Error> {
        let (service, is_new) = match self.known.remove(&job.service) {
            Some(service) => (service, false),
            None => (self.blank(&job.service)?, true),
        };
        let (port, has_claim) = match job.port {
            // Who asks again, such as after a lost answer, is told the same port.
            None => match service.port.filter(|_| service.has_claim) {
                Some(port) => (port, true),
                None => (self.offer.take(self.suite, &service)?, true),
            },
            Some(port) => {
                let other = self.holders.find_other(&service, port);
                let refusal = assignment::refusal(port, other, job.stranger.clone());
                if let (Some(error), Insistence::Polite) = (refusal, job.insistence) {
                    return Err(error);
                }
                (port, other.is_none())
            }
        };
        if has_claim {
            self.holders.give(&service, port);
            self.offer.withdraw(port);
        }
        Ok(Decision {
            job,
            service,
            is_new,
            port,
            has_claim,
        })
    }

    /// A service that is not added yet; it has a number below zero, so that each is another one.
    fn blank(&mut self, name: &str) -> Result<Service, Error> {
        self.added -= 1;
        Ok(Service {
            id: self.added,
            ..catalog::blank(self.suite, name, self.at)?
        })
    }
}
