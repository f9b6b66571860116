//! Passwords of people.

use actix_web::post;
use actix_web::web::Data;
use common::id::UserId;
use common::model::service::Message;
use common::secret::Secret;
use serde::Deserialize;
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Json, Path};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::password;

/// A new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present one; needed for the own password, not allowed for another's.
    #[schema(value_type = Option<String>)]
    current_password: Option<Secret<String>>,
    /// The new one, 12 to 128 characters.
    #[schema(value_type = String, min_length = 12, max_length = 128)]
    new_password: Secret<String>,
}

/// Changes the own password, which ends all other sessions; or, as admin, sets that of another
/// person, which ends all their sessions and asks them for a password of their own.
#[utoipa::path(tag = "users", security(("bearer" = ["users:write"]), ("bearer" = ["account"])), request_body = ChangePassword, responses((status = 200, body = Message)))]
#[post("/users/{id}/password")]
pub(crate) async fn change_password(
    app: Data<App>,
    who: Caller,
    Path(id): Path<UserId>,
    Json(body): Json<ChangePassword>,
) -> Result<Json<Message>, ApiError> {
    password::change(&app, &who, id, body.current_password, body.new_password).await?;
    Ok(Json(Message::new("password changed")))
}
