//! Sessions, seen and ended.

use actix_web::web::Data;
use actix_web::{delete, get};
use chrono::{DateTime, Utc};
use common::id::UserId;
use common::model::service::Message;
use common::page::{Page, usual_limit};
use common::problem::Problem;
use serde::{Deserialize, Serialize};
use service_kit::error::ApiError;
use service_kit::json::{Json, Path, Query};
use utoipa::{IntoParams, ToSchema};

use super::Present;
use crate::app::App;
use crate::domain::{session, text};
use crate::error::Error;
use crate::store::sessions::Session;

/// One sign-in that is not over.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionView {
    /// Its id.
    id: String,
    /// Whose.
    user_id: UserId,
    /// Name at the last refresh.
    username: String,
    /// When it was opened.
    created_at: DateTime<Utc>,
    /// Last refresh.
    last_used_at: DateTime<Utc>,
    /// Ends here unless refreshed.
    idle_expires_at: DateTime<Utc>,
    /// Ends here in any case.
    absolute_expires_at: DateTime<Utc>,
    /// Address at sign-in.
    ip: Option<String>,
    /// Client at sign-in.
    user_agent: Option<String>,
    /// Whether the request itself belongs to it.
    current: bool,
}

impl SessionView {
    fn of(session: Session, current: &str) -> Self {
        Self {
            current: session.id == current,
            user_id: session.user(),
            id: session.id,
            username: session.username,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            idle_expires_at: session.idle_expires_at,
            absolute_expires_at: session.absolute_expires_at,
            ip: session.ip,
            user_agent: session.user_agent,
        }
    }
}

/// Sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionList {
    /// Newest first.
    sessions: Vec<SessionView>,
    /// How many there are.
    total: i64,
}

/// Which sessions.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListSessions {
    /// Whose; another person's only as admin. Default: the caller's.
    #[param(value_type = Option<i64>)]
    user_id: Option<i64>,
    /// Rows to pass over.
    #[serde(default)]
    #[param(minimum = 0, default = 0)]
    skip: i64,
    /// Rows to answer with.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: i64,
}

/// Lists sessions that are not over: one's own, or anybody's as admin.
#[utoipa::path(tag = "sessions", security(("bearer" = ["account"])), params(ListSessions), responses(
    (status = 200, body = SessionList),
    (status = 400, body = Problem),
    (status = 403, body = Problem),
))]
#[get("/sessions")]
pub(super) async fn list_sessions(
    app: Data<App>,
    Present(who): Present,
    Query(filter): Query<ListSessions>,
) -> Result<Json<SessionList>, ApiError> {
    let page = Page {
        skip: filter.skip,
        limit: filter.limit,
    }
    .check()?;
    let user = filter.user_id.map(UserId);
    let (sessions, total) = session::list(&app, &who, user, page).await?;
    let view = |session| SessionView::of(session, &who.session_id);
    Ok(Json(SessionList {
        sessions: sessions.into_iter().map(view).collect(),
        total,
    }))
}

/// Ends a session: one's own, or anybody's as admin.
#[utoipa::path(tag = "sessions", security(("bearer" = ["account"])), params(("id" = String, Path)),
    responses((status = 200, body = Message), (status = 404, body = Problem)))]
#[delete("/sessions/{id}")]
pub(super) async fn revoke_session(
    app: Data<App>,
    Present(who): Present,
    Path(id): Path<String>,
) -> Result<Json<Message>, ApiError> {
    if !text::is_id(&id) {
        return Err(Error::SessionNotFound.into());
    }
    session::revoke(&app, &who, &id).await?;
    Ok(Json(Message::new(format!("session {id} ended"))))
}
