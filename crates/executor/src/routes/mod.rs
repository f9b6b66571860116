//! The HTTP routes.

mod status;
mod workers;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds every route.
pub(crate) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(status::get_status)
        .service(workers::list_workers);
}
