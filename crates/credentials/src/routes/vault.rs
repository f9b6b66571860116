//! The vault that holds the key of all credentials.

use actix_web::post;
use actix_web::web::Data;
use common::model::service::Message;
use common::secret::Secret;
use serde::Deserialize;
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::Json;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::app::App;
use crate::domain::unseal;

/// Characters of a passphrase at most.
const MAX_PASSPHRASE: usize = 1024;

/// What opens the vault.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Unseal {
    /// The passphrase; kept in memory until the process ends.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 1024)]
    passphrase: Secret<String>,
}

/// Opens the vault of this process with a passphrase, where no file holds the key.
#[utoipa::path(tag = "vault", security(("bearer" = ["credentials:reveal"])),
    request_body = Unseal, responses((status = 200, body = Message)))]
#[post("/unseal")]
pub(super) async fn unseal_vault(
    app: Data<App>,
    who: Caller,
    Json(body): Json<Unseal>,
) -> Result<Json<Message>, ApiError> {
    let text = body.passphrase.expose();
    if text.is_empty() || text.chars().count() > MAX_PASSPHRASE {
        let detail = "must have 1 to 1024 characters";
        return Err(ApiError::field("passphrase", "out_of_range", detail));
    }
    unseal::unseal(&app, &who, Zeroizing::new(text.clone())).await?;
    Ok(Json(Message::new("the vault is open")))
}
