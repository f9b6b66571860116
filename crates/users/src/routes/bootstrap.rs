//! The first admin.

use actix_web::post;
use actix_web::web::Data;
use common::model::user::User;
use common::permission::Role;
use common::secret::Secret;
use serde::Deserialize;
use service_kit::error::ApiError;
use service_kit::json::{Created, Json};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::bootstrap;
use crate::routes::users::CreateUser;

/// The first admin, proven by the code that the first start printed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// The code.
    #[schema(value_type = String)]
    code: Secret<String>,
    /// Name to sign in with.
    username: String,
    /// Mail address.
    email: String,
    /// Password, 12 to 128 characters.
    #[schema(value_type = String, min_length = 12, max_length = 128)]
    password: Secret<String>,
}

/// Makes the first admin, with the code that a production start without users prints.
#[utoipa::path(tag = "users", security(()), request_body = Bootstrap, responses((status = 201, body = User)))]
#[post("/bootstrap")]
pub(crate) async fn make_first_admin(
    app: Data<App>,
    Json(body): Json<Bootstrap>,
) -> Result<Created<User>, ApiError> {
    let new = CreateUser {
        email: body.email,
        username: body.username,
        password: body.password,
        role: Role::Admin,
    };
    let user = bootstrap::make_first_admin(&app, body.code, new.accept()?).await?;
    Ok(Created(user))
}
