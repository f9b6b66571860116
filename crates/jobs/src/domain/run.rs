//! Runs: the wish to have a job done, written down so that executors find it.

use std::fmt::Display;

use chrono::Duration;
use common::id::{JobId, RunId, StepId};
use common::model::credential::PARCEL_DAYS;
use common::model::run::RunStatus;
use common::problem::FieldError;
use serde_json::{Map, Value, json};
use service_kit::audit::{self, Entry};
use service_kit::bus::Topic;
use service_kit::caller::Caller;
use service_kit::db::violates;
use service_kit::request;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::app::App;
use crate::domain::approval::Approval;
use crate::domain::definition::Definition;
use crate::domain::expansion::{self, Work};
use crate::domain::job::find_targets;
use crate::domain::parameter;
use crate::domain::repeat::Scope;
use crate::error::Error;
use crate::store;
use crate::store::idempotency::Used;
use crate::store::jobs::JobRow;
use crate::store::runs::{NewRun, Parent, Repeats, RunRow};

/// What the audit log calls a start.
pub(super) const STARTED: &str = "run.started";

/// How long an idempotency key is remembered.
pub const KEY_LIFE: Duration = Duration::hours(24);

/// A key that makes a request safe to repeat, with what it was used for.
#[derive(Clone, Debug)]
pub struct Key {
    /// As the client chose it.
    pub key: String,
    /// SHA-256 of what it is about and body.
    pub body: Vec<u8>,
}

impl Key {
    /// A key of 1 to 255 visible characters, for a request that is about `what`.
    pub fn new(key: &str, what: impl Display, body: &[u8]) -> Result<Self, Error> {
        if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let detail = "must be 1 to 255 visible ASCII characters";
            return Err(FieldError::new("Idempotency-Key", "invalid", detail).into());
        }
        let body = Sha256::new()
            .chain_update(what.to_string())
            .chain_update(b"\n")
            .chain_update(body);
        Ok(Self {
            key: key.to_owned(),
            body: body.finalize().to_vec(),
        })
    }
}

/// Starts a run of a job, or finds the one that this key started before.
pub async fn start(
    app: &App,
    who: &Caller,
    id: JobId,
    given: &Value,
    key: Option<Key>,
) -> Result<RunRow, Error> {
    let starter = Starter::person(who);
    if let Some(key) = &key
        && let Some(run) = used(app, &starter.id, key).await?
    {
        return Ok(run);
    }
    let job = store::jobs::find(&mut *app.db.acquire().await?, id)
        .await?
        .ok_or(Error::JobNotFound(id))?;
    if !job.is_active {
        return Err(Error::Inactive(id));
    }
    let definition = Definition::parse(&job.definition).map_err(Error::InvalidDefinition)?;
    let given = given_values(&definition, given)?;
    let (subject, work) = prepare(app, job, &definition, &given).await?;
    launch(app, starter, subject, work, key).await
}

/// Works out what a run of a job is about; secrets are in safe keeping after that.
pub(super) async fn prepare(
    app: &App,
    job: JobRow,
    definition: &Definition,
    given: &Map<String, Value>,
) -> Result<(Subject, Work), Error> {
    let filled = parameter::fill(&definition.parameters, given).map_err(Error::Invalid)?;
    let work = plan(app, definition, &filled.values).await?;
    let parcel_id = match filled.secrets.is_empty() {
        true => None,
        false => Some(app.credentials.seal_parcel(&filled.secrets).await?),
    };
    let subject = Subject {
        job_id: job.id,
        job_name: job.name,
        job_version: job.version,
        parameters: Value::Object(filled.values),
        parcel_id,
        repeats: None,
        parent: None,
    };
    Ok((subject, work))
}

/// Who starts a run.
pub(super) struct Starter {
    pub(super) id: String,
    pub(super) name: String,
    /// What the audit log says of the start.
    pub(super) entry: Entry,
}

impl Starter {
    pub(super) fn person(who: &Caller) -> Self {
        Self {
            id: who.user_id.to_string(),
            name: who.username.clone(),
            entry: Entry::by(who, STARTED),
        }
    }
}

/// What a run is about.
pub(super) struct Subject {
    pub(super) job_id: JobId,
    pub(super) job_name: String,
    pub(super) job_version: i32,
    pub(super) parameters: Value,
    pub(super) parcel_id: Option<i64>,
    pub(super) repeats: Option<Repeats>,
    pub(super) parent: Option<Parent>,
}

/// Works out what there is to do, on the targets as they are now.
pub(super) async fn plan(
    app: &App,
    definition: &Definition,
    values: &Map<String, Value>,
) -> Result<Work, Error> {
    let found = find_targets(app, definition).await?;
    if !found.unknown.is_empty() {
        return Err(Error::TargetsGone(found.unknown));
    }
    expansion::expand(definition, found, values)
}

/// Starts a run, or finds the one that another request with this key has just started.
pub(super) async fn launch(
    app: &App,
    starter: Starter,
    subject: Subject,
    work: Work,
    key: Option<Key>,
) -> Result<RunRow, Error> {
    let run = NewRun {
        job_id: subject.job_id,
        job_name: subject.job_name,
        job_version: subject.job_version,
        requested_by: starter.id,
        requested_by_name: starter.name,
        parameters: subject.parameters,
        parcel_id: subject.parcel_id,
        timeout_sec: work.timeout_sec,
        order: work.order.clone(),
        correlation_id: request::current_id().unwrap_or_else(request::new_id),
        repeats: subject.repeats,
        parent: subject.parent,
    };
    let run = match insert(app, starter.entry, &run, &work, key.as_ref()).await {
        Err(Error::Database(error)) if violates(&error, "idempotency_pkey") => {
            let key = key.ok_or(Error::KeyReused)?;
            let found = used(app, &run.requested_by, &key).await?;
            found.ok_or(Error::KeyReused)?
        }
        written => written?,
    };
    wake(app).await;
    Ok(run)
}

/// The run that this key started, if it did in the last 24 hours.
pub(super) async fn used(app: &App, caller: &str, key: &Key) -> Result<Option<RunRow>, Error> {
    let mut conn = app.db.acquire().await?;
    let since = app.clock.now() - KEY_LIFE;
    let found = store::idempotency::find(&mut conn, caller, &key.key, since).await?;
    match found {
        None => Ok(None),
        Some(Used {
            body_sha256,
            run_id,
        }) if body_sha256 == key.body => Ok(store::runs::find(&mut conn, RunId(run_id)).await?),
        Some(_) => Err(Error::KeyReused),
    }
}

/// `{name: value}`, or the same under `parameters` unless the job has a parameter of that name.
fn given_values(definition: &Definition, given: &Value) -> Result<Map<String, Value>, Error> {
    let wrong =
        |field: &str| Error::from(FieldError::new(field, "wrong_type", "must be an object"));
    let object = given.as_object().ok_or_else(|| wrong("body"))?;
    if definition.parameters.contains_key("parameters") || object.len() != 1 {
        return Ok(object.clone());
    }
    match object.get("parameters") {
        None => Ok(object.clone()),
        Some(inner) => inner
            .as_object()
            .cloned()
            .ok_or_else(|| wrong("parameters")),
    }
}

/// A run that is over: only from such a one another can go on.
pub(super) async fn find_ended(conn: &mut PgConnection, id: RunId) -> Result<RunRow, Error> {
    let row = store::runs::find(conn, id).await?;
    let row = row.ok_or(Error::RunNotFound(id))?;
    let status = row.status()?;
    match status.is_final() {
        true => Ok(row),
        false => Err(Error::RunOpen { run: id, status }),
    }
}

async fn insert(
    app: &App,
    entry: Entry,
    run: &NewRun,
    work: &Work,
    key: Option<&Key>,
) -> Result<RunRow, Error> {
    let mut tx = app.db.begin().await?;
    let id = store::runs::insert(&mut tx, run).await?;
    store::steps::insert(&mut tx, id, &work.steps).await?;
    store::lanes::insert(&mut tx, id, &work.lanes).await?;
    if let Some(Repeats {
        run: from,
        scope: Scope::Rest,
    }) = run.repeats
    {
        store::runs::carry_over(&mut tx, id, from).await?;
    }
    store::runs::start(&mut tx, id).await?;
    if let Some(key) = key {
        let now = app.clock.now();
        let caller = &run.requested_by;
        store::idempotency::delete_expired(&mut tx, caller, &key.key, now - KEY_LIFE).await?;
        store::idempotency::insert(&mut tx, caller, key, id, now).await?;
    }
    let repeats = run
        .repeats
        .map(|Repeats { run, scope }| json!({"run": run, "scope": scope}));
    let facts = json!({
        "job_id": run.job_id, "job_version": run.job_version, "steps": work.steps.len(),
        "repeats": repeats, "parent_step_id": run.parent.map(|parent| parent.step),
    });
    let entry = entry.object("run", id, &run.job_name).change(facts);
    audit::record(&mut tx, entry).await?;
    let row = store::runs::find(&mut tx, id)
        .await?
        .ok_or(Error::RunNotFound(id))?;
    tx.commit().await?;
    Ok(row)
}

/// Wakes executors, and those who watch.
pub(super) async fn wake(app: &App) {
    app.bus.give(Topic::RunsReady).await;
    app.bus.give(Topic::RunEvents).await;
}

/// What a person says became of a step whose executor was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It did what it should.
    Succeeded,
    /// It did not.
    Failed,
    /// It is to be run again.
    Retry,
}

impl Decision {
    fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Retry => "retry",
        }
    }
}

/// Records what a person says became of a step of unknown outcome.
pub async fn resolve_step(
    app: &App,
    who: &Caller,
    run: RunId,
    step: StepId,
    decision: Decision,
) -> Result<RunRow, Error> {
    let mut tx = app.db.begin().await?;
    let before = store::runs::find(&mut tx, run)
        .await?
        .ok_or(Error::RunNotFound(run))?;
    let undecided = store::steps::find_undecided(&mut tx, run, step)
        .await?
        .ok_or(Error::StepNotUnknown(step))?;
    let by = who.user_id.to_string();
    let (is_done, action) = match Approval::of(&undecided, who, decision)? {
        None => {
            let word = decision.as_str();
            let is_done = store::steps::resolve(&mut tx, step, word, &by).await?;
            (is_done, "run.step_resolved")
        }
        Some(Approval { end, action }) => {
            let is_done = store::steps::decide_approval(&mut tx, step, end, &by).await?;
            (is_done, action)
        }
    };
    if !is_done {
        return Err(Error::StepNotUnknown(step));
    }
    let facts = json!({"step_id": step, "decision": decision.as_str()});
    let entry = Entry::by(who, action).object("run", run, &before.job_name);
    audit::record(&mut tx, entry.change(facts)).await?;
    let row = store::runs::find(&mut tx, run)
        .await?
        .ok_or(Error::RunNotFound(run))?;
    tx.commit().await?;
    wake(app).await;
    Ok(row)
}

impl RunRow {
    /// Whether its secret parameters, if it has any, are still kept.
    pub(super) fn check_secrets(&self, app: &App) -> Result<(), Error> {
        let kept_since = app.clock.now() - Duration::days(PARCEL_DAYS);
        match self.parcel_id.and(self.finished_at) {
            Some(at) if at < kept_since => Err(Error::SecretsRemoved(self.id)),
            Some(_) | None => Ok(()),
        }
    }

    /// Its state, as the database's CHECK allows it.
    pub fn status(&self) -> Result<RunStatus, Error> {
        self.status.parse().map_err(|_unknown| {
            Error::Database(sqlx::Error::Protocol(format!(
                "run status {:?}",
                self.status
            )))
        })
    }
}
