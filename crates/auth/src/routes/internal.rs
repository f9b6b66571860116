//! For other services.

use actix_web::web::Data;
use actix_web::{get, post};
use common::model::session::{Revocations, ServiceToken, ServiceTokenRequest, SessionState};
use common::problem::Problem;
use serde::Deserialize;
use service_kit::caller::CallingService;
use service_kit::error::ApiError;
use service_kit::json::{Json, Path, Query};
use utoipa::IntoParams;

use crate::app::App;
use crate::domain::{service, session, text};

/// After which position.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    /// The last position that is known; 0 for all.
    #[serde(default)]
    #[param(minimum = 0, default = 0)]
    after: i64,
}

/// Which version of tokens.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AskedVersion {
    /// Token version that the token in question carries.
    token_version: i64,
}

/// Sessions and token versions that ended, in order; at most 1,000.
#[utoipa::path(tag = "internal", security(("service" = ["*"])), params(After),
    responses((status = 200, body = Revocations), (status = 400, body = Problem)))]
#[get("/internal/revocations")]
pub(super) async fn list_revocations(
    app: Data<App>,
    _service: CallingService,
    Query(query): Query<After>,
) -> Result<Json<Revocations>, ApiError> {
    if query.after < 0 {
        return Err(ApiError::field(
            "after",
            "out_of_range",
            "must be 0 or more",
        ));
    }
    Ok(Json(session::list_revocations(&app, query.after).await?))
}

/// Whether tokens of a session may still be used; an unknown session is not active.
#[utoipa::path(tag = "internal", security(("service" = ["*"])),
    params(("sid" = String, Path), AskedVersion),
    responses((status = 200, body = SessionState), (status = 400, body = Problem)))]
#[get("/internal/sessions/{sid}")]
pub(super) async fn get_session_state(
    app: Data<App>,
    _service: CallingService,
    Path(sid): Path<String>,
    Query(query): Query<AskedVersion>,
) -> Result<Json<SessionState>, ApiError> {
    let active = text::is_id(&sid) && session::is_active(&app, &sid, query.token_version).await?;
    Ok(Json(SessionState { active }))
}

/// Gives a service a token for one other service. It proves itself with its secret.
#[utoipa::path(tag = "internal", security(()), request_body = ServiceTokenRequest, responses(
    (status = 200, body = ServiceToken),
    (status = 400, body = Problem),
    (status = 401, body = Problem, description = "auth.service_refused"),
))]
#[post("/internal/service-tokens")]
pub(super) async fn issue_service_token(
    app: Data<App>,
    Json(request): Json<ServiceTokenRequest>,
) -> Result<Json<ServiceToken>, ApiError> {
    let token = service::issue(&app, &request.service, &request.audience, &request.secret).await?;
    Ok(Json(token))
}
