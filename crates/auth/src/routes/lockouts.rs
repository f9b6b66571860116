//! Accounts that have to wait before the next try, seen and lifted.

use actix_web::web::Data;
use actix_web::{delete, get};
use chrono::{DateTime, Utc};
use common::model::service::Message;
use common::page::Page;
use common::problem::Problem;
use serde::Serialize;
use service_kit::error::ApiError;
use service_kit::json::{Json, Path, Query};
use utoipa::ToSchema;

use super::Present;
use super::login::MAX_USERNAME;
use crate::app::App;
use crate::domain::{lockout, text};
use crate::error::Error;

/// An account that has to wait.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LockoutView {
    /// Name as typed, in lower case; there need not be such a person.
    username: String,
    /// Failed tries in a row.
    failures: i32,
    /// When the next try counts.
    blocked_until: DateTime<Utc>,
}

/// Accounts that have to wait.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LockoutList {
    /// By name.
    lockouts: Vec<LockoutView>,
    /// How many there are.
    total: i64,
}

/// Lists accounts that have to wait.
#[utoipa::path(tag = "lockouts", security(("bearer" = ["sessions:admin"])), params(Page),
    responses((status = 200, body = LockoutList), (status = 400, body = Problem)))]
#[get("/lockouts")]
pub(super) async fn list_lockouts(
    app: Data<App>,
    Present(_who): Present,
    Query(page): Query<Page>,
) -> Result<Json<LockoutList>, ApiError> {
    let (lockouts, total) = lockout::list(&app, page.check()?).await?;
    let lockouts = lockouts.into_iter().map(|found| LockoutView {
        username: found.username,
        failures: found.failures,
        blocked_until: found.blocked_until,
    });
    Ok(Json(LockoutList {
        lockouts: lockouts.collect(),
        total,
    }))
}

/// Forgets the failed tries of a name.
#[utoipa::path(tag = "lockouts", security(("bearer" = ["sessions:admin"])),
    params(("username" = String, Path)),
    responses((status = 200, body = Message), (status = 404, body = Problem)))]
#[delete("/lockouts/{username}")]
pub(super) async fn lift_lockout(
    app: Data<App>,
    Present(who): Present,
    Path(username): Path<String>,
) -> Result<Json<Message>, ApiError> {
    let mut faults = Vec::new();
    text::check("username", &username, MAX_USERNAME, &mut faults);
    if !faults.is_empty() {
        return Err(Error::LockoutNotFound.into());
    }
    lockout::lift(&app, &who, &username).await?;
    Ok(Json(Message::new(format!("lock-out of {username} lifted"))))
}
