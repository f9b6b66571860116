//! The HTTP interface.

pub mod credentials;
pub mod parcels;
pub mod releases;
pub mod secrets;
pub mod vault;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Bytes, PayloadConfig};
use serde::Serialize;
use service_kit::error::ApiError;
use utoipa_actix_web::service_config::ServiceConfig;
use zeroize::Zeroizing;

use crate::domain::secret_data::Document;

/// Largest body that this service takes, in bytes.
const MAX_BODY_BYTES: usize = 64 << 10;

/// Adds all routes.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .app_data(PayloadConfig::new(MAX_BODY_BYTES))
        .service(credentials::create_credential)
        .service(credentials::list_credentials)
        .service(credentials::delete_named_credential)
        .service(credentials::get_credential)
        .service(credentials::update_credential)
        .service(credentials::delete_credential)
        .service(secrets::rotate_credential)
        .service(secrets::list_versions)
        .service(secrets::list_accesses)
        .service(secrets::reveal_credential)
        .service(releases::release_for_step)
        .service(releases::release_for_test)
        .service(parcels::seal_parcel)
        .service(parcels::release_parcel)
        .service(vault::unseal_vault);
}

/// An answer of `before`, what is secret, and a brace; its buffer is wiped once it is sent.
fn disclose(before: &str, data: &Document) -> HttpResponse {
    let mut body = Zeroizing::new(Vec::with_capacity(before.len() + data.bytes().len() + 1));
    body.extend_from_slice(before.as_bytes());
    body.extend_from_slice(data.bytes());
    body.push(b'}');
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(Bytes::from_owner(body))
}

/// An answer that ends with the data of a credential.
fn disclose_data(head: &impl Serialize, data: &Document) -> Result<HttpResponse, ApiError> {
    let head = serde_json::to_string(head).map_err(ApiError::internal)?;
    let Some(open) = head.strip_suffix('}') else {
        return Err(ApiError::internal("the head of an answer is no object"));
    };
    Ok(disclose(&format!("{open},\"credential_data\":"), data))
}
