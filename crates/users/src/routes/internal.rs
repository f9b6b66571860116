//! What auth asks: passwords, identities, and what changed.

use actix_web::web::Data;
use actix_web::{get, post};
use common::id::UserId;
use common::model::user::{PasswordCheck, User, UserChanges};
use serde::Deserialize;
use service_kit::caller::CallingService;
use service_kit::error::ApiError;
use service_kit::json::{Json, Path, Query};
use utoipa::IntoParams;

use crate::app::App;
use crate::domain::{password, user};

/// From where on changes are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListChanges {
    /// Position that is known already; 0 before the first.
    #[serde(default)]
    #[param(minimum = 0, default = 0)]
    after: i64,
}

/// The person to whom name and password belong.
#[utoipa::path(tag = "internal", security(("service" = ["auth"])), request_body = PasswordCheck, responses((status = 200, body = User)))]
#[post("/internal/password-checks")]
pub(crate) async fn check_password(
    app: Data<App>,
    _auth: CallingService,
    Json(body): Json<PasswordCheck>,
) -> Result<Json<User>, ApiError> {
    let user = password::check(&app, &body.username, body.password).await?;
    Ok(Json(user))
}

/// A person as of this moment.
#[utoipa::path(tag = "internal", security(("service" = ["auth"])), responses((status = 200, body = User)))]
#[get("/internal/users/{id}")]
pub(crate) async fn get_identity(
    app: Data<App>,
    _auth: CallingService,
    Path(id): Path<UserId>,
) -> Result<Json<User>, ApiError> {
    Ok(Json(user::identify(&app, id).await?))
}

/// Changes of identities, in the order of commit and without gaps; at most 500.
#[utoipa::path(tag = "internal", security(("service" = ["auth"])), params(ListChanges), responses((status = 200, body = UserChanges)))]
#[get("/internal/changes")]
pub(crate) async fn list_changes(
    app: Data<App>,
    _auth: CallingService,
    Query(query): Query<ListChanges>,
) -> Result<Json<UserChanges>, ApiError> {
    if query.after < 0 {
        return Err(ApiError::field(
            "after",
            "out_of_range",
            "must be 0 or more",
        ));
    }
    let changes = user::changes(&app, query.after).await?;
    Ok(Json(UserChanges { changes }))
}
