//! The audit log.

use actix_web::get;
use actix_web::web::Data;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use common::text;
use serde::{Deserialize, Serialize};
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Json, Query};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::audit::{self, Filter, Record};
use crate::domain::chain::{Fault, Head, SignedHead, to_hex};
use crate::routes::users::window;

/// How an action went.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done.
    Ok,
    /// It was refused.
    Denied,
    /// It was tried and failed.
    Failed,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// Which rows are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEntries {
    /// Rows to pass over.
    #[serde(default)]
    #[param(minimum = 0, default = 0)]
    skip: i64,
    /// Rows to answer with.
    #[serde(default = "common::page::usual_limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: i64,
    /// Id or name of who did it.
    actor: Option<String>,
    /// Action, or how it starts, such as `target.`.
    action: Option<String>,
    /// Kind of the object, such as `target`.
    object_kind: Option<String>,
    /// Id of the object.
    object_id: Option<String>,
    /// How it went.
    #[param(inline)]
    outcome: Option<Outcome>,
    /// At this time or later (RFC 3339).
    from: Option<DateTime<Utc>>,
    /// Before this time (RFC 3339).
    to: Option<DateTime<Utc>>,
}

/// Rows of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryList {
    /// The newest first.
    entries: Vec<Record>,
    /// How many there are without a window.
    total: i64,
}

/// The end of the chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeadAnswer {
    /// Place of the last row; 0 before the first.
    seq: i64,
    /// Its hash, in hex.
    hash: String,
    /// When this end was signed; none until it is.
    signed_at: Option<DateTime<Utc>>,
    /// Ed25519 signature of this end, in base64.
    signature: Option<String>,
}

impl HeadAnswer {
    fn of(head: &Head, signed: Option<&SignedHead>) -> Self {
        Self {
            seq: head.seq,
            hash: to_hex(&head.hash),
            signed_at: signed.map(|signed| signed.signed_at),
            signature: signed.map(|signed| STANDARD.encode(&signed.signature)),
        }
    }
}

/// What is wrong, and where.
#[derive(Debug, Serialize, ToSchema)]
pub struct FaultAnswer {
    /// Place in the chain.
    seq: i64,
    /// What is wrong there.
    why: String,
}

impl From<Fault> for FaultAnswer {
    fn from(fault: Fault) -> Self {
        Self {
            seq: fault.seq,
            why: fault.why.to_owned(),
        }
    }
}

/// What a verification found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verification {
    /// Whether the log is as it was written.
    valid: bool,
    /// Rows that are right, from the first on.
    checked: i64,
    /// Rows that are not in the chain yet.
    unlinked: i64,
    /// The end of the chain.
    head: HeadAnswer,
    /// The first thing that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_fault: Option<FaultAnswer>,
}

/// The end of the chain, and what it takes to check it elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeadState {
    /// The end.
    #[serde(flatten)]
    head: HeadAnswer,
    /// Rows that are not in the chain yet.
    unlinked: i64,
    /// Public key of the signature, in base64.
    public_key: String,
}

/// Who did what, the newest first.
#[utoipa::path(tag = "audit", security(("bearer" = ["audit:read"])), params(ListEntries), responses((status = 200, body = EntryList)))]
#[get("/audit")]
pub(crate) async fn list_entries(
    app: Data<App>,
    Query(query): Query<ListEntries>,
) -> Result<Json<EntryList>, ApiError> {
    let mut faults = Vec::new();
    let page = window(query.skip, query.limit, &mut faults);
    let mut word = |name, text: Option<String>| {
        let text = text::search(name, Some(&text?));
        text.map_err(|fault| faults.push(fault)).ok()
    };
    let actor = word("actor", query.actor);
    let action = word("action", query.action);
    let object_kind = word("object_kind", query.object_kind);
    let object_id = word("object_id", query.object_id);
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let filter = Filter {
        actor,
        action,
        object_kind,
        object_id,
        outcome: query.outcome.map(Outcome::as_str),
        from: query.from,
        to: query.to,
    };
    let (entries, total) = audit::list(&app, &filter, page).await?;
    Ok(Json(EntryList { entries, total }))
}

/// Goes through the whole log and says whether anything was changed, removed or moved.
#[utoipa::path(tag = "audit", security(("bearer" = ["audit:read"])), responses((status = 200, body = Verification)))]
#[get("/audit/verify")]
pub(crate) async fn verify_log(
    app: Data<App>,
    who: Caller,
) -> Result<Json<Verification>, ApiError> {
    let verdict = audit::verify(&app, &who).await?;
    Ok(Json(Verification {
        valid: verdict.fault.is_none(),
        checked: verdict.checked,
        unlinked: verdict.unlinked,
        head: HeadAnswer::of(&verdict.head, verdict.signed.as_ref()),
        first_fault: verdict.fault.map(FaultAnswer::from),
    }))
}

/// The end of the chain as it stands.
#[utoipa::path(tag = "audit", security(("bearer" = ["audit:read"])), responses((status = 200, body = HeadState)))]
#[get("/audit/head")]
pub(crate) async fn get_head(app: Data<App>) -> Result<Json<HeadState>, ApiError> {
    let (head, signed, unlinked) = audit::head(&app).await?;
    Ok(Json(HeadState {
        head: HeadAnswer::of(&head, signed.as_ref()),
        unlinked,
        public_key: STANDARD.encode(app.chain_key.public_key()),
    }))
}
