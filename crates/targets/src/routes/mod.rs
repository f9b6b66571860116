//! The operations, by what they are about.

pub mod connections;
pub mod host_keys;
pub mod listing;
pub mod snapshots;
pub mod targets;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds all routes.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(targets::create_target)
        .service(listing::list_targets)
        .service(snapshots::select_targets)
        .service(targets::delete_target_by_name)
        .service(targets::get_target)
        .service(targets::change_target)
        .service(targets::delete_target)
        .service(targets::list_dependencies)
        .service(connections::test_connection)
        .service(connections::test_winrm)
        .service(host_keys::list_host_keys)
        .service(host_keys::accept_host_key)
        .service(host_keys::remove_host_key)
        .service(snapshots::resolve_targets);
}
