//! What the gateway answers itself.

mod platform;
mod upstreams;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds all of them.
pub fn add(config: &mut ServiceConfig<'_>) {
    config
        .service(platform::get_platform)
        .service(upstreams::list_upstreams);
}
