//! The HTTP interface.

pub mod credentials;
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
        .service(vault::unseal_vault);
}

/// An answer that ends with the data of a credential; its buffer is wiped once it is sent.
fn disclose(head: &impl Serialize, data: &Document) -> Result<HttpResponse, ApiError> {
    let head = serde_json::to_vec(head).map_err(ApiError::internal)?;
    let Some((b'}', open)) = head.split_last() else {
        return Err(ApiError::internal("the head of an answer is no object"));
    };
    let name = br#","credential_data":"#;
    let size = open.len() + name.len() + data.bytes().len() + 1;
    let mut body = Zeroizing::new(Vec::with_capacity(size));
    body.extend_from_slice(open);
    body.extend_from_slice(name);
    body.extend_from_slice(data.bytes());
    body.push(b'}');
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(Bytes::from_owner(body)))
}
