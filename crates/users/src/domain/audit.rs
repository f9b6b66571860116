//! Reading, linking, signing and verifying the audit log.

use chrono::{DateTime, Utc};
use common::page::Page;
use futures_util::TryStreamExt;
use serde::Serialize;
use serde_json::{Value, json};
use service_kit::audit::{self as journal, Entry};
use service_kit::caller::Caller;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::chain::{Fault, Head, SignedHead, Walk};
use crate::error::Error;
use crate::store;

/// Rows linked in one transaction.
const BATCH: i64 = 1000;
/// After so many rows a verification lets others have the thread.
const BREATH: i64 = 1000;

/// One action that somebody took or was refused.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Record {
    /// Order of insertion.
    pub id: i64,
    /// Place in the chain; none for a moment after it was written.
    pub seq: Option<i64>,
    /// When.
    pub at: DateTime<Utc>,
    /// `user`, `service`, `anonymous` or `system`.
    pub actor_kind: String,
    /// User id or service name.
    pub actor_id: Option<String>,
    /// Name at that time.
    pub actor_name: Option<String>,
    /// Session of the user.
    pub session_id: Option<String>,
    /// User for whom a service acted.
    pub on_behalf_of: Option<String>,
    /// Address of the client.
    pub ip: Option<String>,
    /// What the client said it was.
    pub user_agent: Option<String>,
    /// What was done.
    #[schema(example = "target.created")]
    pub action: String,
    /// Kind of the object.
    #[schema(example = "target")]
    pub object_kind: Option<String>,
    /// Id of the object.
    pub object_id: Option<String>,
    /// Name of the object at that time.
    pub object_name: Option<String>,
    /// Facts of the change.
    pub change: Value,
    /// `ok`, `denied` or `failed`.
    pub outcome: String,
    /// Finds the request in the logs.
    pub request_id: Option<String>,
    /// Hash of the chain up to here, in hex.
    pub hash: Option<String>,
}

/// Which rows are wanted; what is left out does not matter.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Id or name of the actor.
    pub actor: Option<String>,
    /// Start of the action.
    pub action: Option<String>,
    /// Kind of the object.
    pub object_kind: Option<String>,
    /// Id of the object.
    pub object_id: Option<String>,
    /// How it went.
    pub outcome: Option<&'static str>,
    /// At this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub to: Option<DateTime<Utc>>,
}

/// What a verification found.
#[derive(Debug)]
pub struct Verdict {
    /// Rows that are right, from the first on.
    pub checked: i64,
    /// Rows that are not in the chain yet.
    pub unlinked: i64,
    /// The end of the chain.
    pub head: Head,
    /// Signature of that end; none if the log is not right.
    pub signed: Option<SignedHead>,
    /// The first thing that is wrong.
    pub fault: Option<Fault>,
}

/// Rows, the newest first, with how many there are without a window.
pub async fn list(app: &App, filter: &Filter, page: Page) -> Result<(Vec<Record>, i64), Error> {
    let mut conn = app.store.acquire().await?;
    let records = store::audit::list(&mut conn, filter, page).await?;
    let total = store::audit::count(&mut conn, filter).await?;
    Ok((records, total))
}

/// The end of the chain, its signature, and how many rows are not in the chain yet.
pub async fn head(app: &App) -> Result<(Head, Option<SignedHead>, i64), Error> {
    let mut conn = app.store.acquire().await?;
    let (head, signed) = store::audit::head(&mut conn).await?;
    let unlinked = store::audit::count_unlinked(&mut conn).await?;
    Ok((head, signed, unlinked))
}

/// Puts rows that were committed into the chain.
pub async fn link(app: &App) -> Result<(), Error> {
    let mut conn = app.store.acquire().await?;
    while store::audit::has_unlinked(&mut conn).await? {
        let mut tx = sqlx::Connection::begin(&mut *conn).await?;
        store::audit::lock(&mut tx).await?;
        store::audit::avoid_sort(&mut tx).await?;
        link_batch(app, &mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn link_batch(app: &App, conn: &mut PgConnection) -> Result<(), Error> {
    let (mut head, _signed) = store::audit::head(conn).await?;
    let rows = store::audit::list_unlinked(conn, BATCH).await?;
    if rows.is_empty() {
        return Ok(()); // somebody else linked them meanwhile
    }
    let mut links = store::audit::Links::default();
    for row in &rows {
        let next = Head {
            seq: head.seq + 1,
            hash: app.chain_key.link(&head.hash, head.seq + 1, row)?,
        };
        links.add(row.id, &head, &next);
        head = next;
    }
    store::audit::set_links(conn, &links).await?;
    store::audit::set_head(conn, &head).await?;
    Ok(())
}

/// Signs the end of the chain, unless it is signed or differs from what was signed before.
pub async fn sign(app: &App) -> Result<(), Error> {
    let mut conn = app.store.acquire().await?;
    let (head, signed) = store::audit::head(&mut conn).await?;
    if head.seq == 0 || signed.is_some() {
        return Ok(());
    }
    if let Some(last) = app.witness.read().await?.pop() {
        let hash = store::audit::find_hash(&mut conn, last.head.seq).await?;
        if hash.as_deref() != Some(&last.head.hash) {
            let seq = last.head.seq;
            return Err(Error::Tampered(format!("look at row {seq} of the chain")));
        }
    }
    witness(app, &mut conn, &head).await?;
    Ok(())
}

/// Signs the end, notes it in the file, then in the table.
async fn witness(app: &App, conn: &mut PgConnection, head: &Head) -> Result<SignedHead, Error> {
    let signed = app.chain_key.sign(head, app.clock.now());
    app.witness.append(&signed).await?;
    store::audit::set_signature(conn, &signed).await?;
    Ok(signed)
}

/// Goes through the whole log; signs its end if all is right.
pub async fn verify(app: &App, who: &Caller) -> Result<Verdict, Error> {
    link(app).await?;
    let mut verdict = walk(app).await?;
    let mut conn = app.store.acquire().await?;
    if verdict.fault.is_none() && verdict.signed.is_none() && verdict.head.seq > 0 {
        verdict.signed = Some(witness(app, &mut conn, &verdict.head).await?);
    }
    let change = json!({"valid": verdict.fault.is_none(), "checked": verdict.checked});
    let entry = Entry::by(who, "audit.verified").change(change);
    journal::record(&mut conn, entry).await?;
    Ok(verdict)
}

async fn walk(app: &App) -> Result<Verdict, Error> {
    let promises = app.witness.read().await?;
    // One picture of the table; what comes later is not part of it.
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    let mut tx = app.store.begin_with(begin).await?;
    store::audit::allow_long(&mut tx).await?;
    let (head, signed) = store::audit::head(&mut tx).await?;
    let mut verdict = Verdict {
        checked: 0,
        unlinked: store::audit::count_unlinked(&mut tx).await?,
        head,
        signed: None,
        fault: None,
    };
    let walked = match Walk::start(&app.chain_key, &promises) {
        Ok(walk) => follow(walk, &mut tx, &mut verdict).await?,
        Err(fault) => Err(fault),
    };
    let signed = signed.filter(|signed| app.chain_key.has_signed(signed));
    match walked {
        Ok(()) => verdict.signed = signed,
        Err(fault) => verdict.fault = Some(fault),
    }
    tx.commit().await?;
    Ok(verdict)
}

async fn follow(
    mut walk: Walk<'_>,
    conn: &mut PgConnection,
    verdict: &mut Verdict,
) -> Result<Result<(), Fault>, Error> {
    let mut rows = store::audit::stream(conn);
    while let Some(row) = rows.try_next().await? {
        let step = walk.step(&row)?;
        verdict.checked = walk.checked();
        if step.is_err() {
            return Ok(step);
        }
        if walk.checked() % BREATH == 0 {
            tokio::task::yield_now().await;
        }
    }
    Ok(walk.finish(&verdict.head))
}
