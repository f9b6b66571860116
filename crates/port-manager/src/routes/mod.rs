//! The operations, by what they are about.

pub mod aliases;
pub mod backups;
pub mod changes;
pub mod conflicts;
pub mod health;
pub mod live;
pub mod lookups;
pub mod manifests;
pub mod ports;
pub mod reservations;
pub mod services;
pub mod status;
pub mod suites;

use actix_web::web::PayloadConfig;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Largest body, in bytes: a backup of a full suite with its history.
const MAX_BODY_BYTES: usize = 8 << 20;

/// Which suite a request is about.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InSuite {
    /// Name of the suite; `itechsmart` if none is given.
    suite: Option<String>,
}

/// Adds all routes.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.app_data(PayloadConfig::new(MAX_BODY_BYTES));
    configure_ports(config);
    configure_services(config);
}

/// Ports themselves, and what happens to them.
fn configure_ports(config: &mut ServiceConfig<'_>) {
    config
        .service(lookups::list_assignments)
        .service(lookups::get_assignment)
        .service(ports::assign_port)
        .service(ports::reassign_port)
        .service(ports::update_ports)
        .service(lookups::get_available)
        .service(lookups::get_history)
        .service(lookups::get_statistics)
        .service(reservations::list_reservations)
        .service(reservations::reserve_port)
        .service(reservations::release_reservation)
        .service(conflicts::list_conflicts)
        .service(conflicts::list_conflict_history)
        .service(conflicts::note_conflict)
        .service(conflicts::resolve_conflicts)
        .service(conflicts::scan_now)
        .service(backups::create_backup)
        .service(backups::restore_backup)
        .service(backups::reset_ports)
        .service(manifests::export_ports)
        .service(manifests::plan_ports)
        .service(manifests::apply_ports)
        .service(backups::list_backups)
        .service(backups::import_backup)
        .service(backups::get_backup)
        .service(changes::list_changes)
        .service(changes::get_change)
        .service(changes::exchange_map)
        .service(live::list_events)
        .service(live::list_listeners)
        .service(live::watch_events);
}

/// Services and suites, the words of other clients, and the service's own health.
fn configure_services(config: &mut ServiceConfig<'_>) {
    config
        .service(aliases::resolve_port_conflict)
        .service(aliases::is_available)
        .service(aliases::release_port)
        .service(status::discover_services)
        .service(status::list_status)
        .service(status::get_status)
        .service(status::restart_service)
        .service(status::check_service)
        .service(aliases::get_service_port)
        .service(services::list_services)
        .service(services::create_service)
        .service(services::get_service)
        .service(services::change_service)
        .service(services::delete_service)
        .service(suites::list_suites)
        .service(suites::create_suite)
        .service(suites::get_suite)
        .service(suites::change_suite)
        .service(suites::delete_suite)
        .service(health::get_api_health)
        .service(health::get_detailed_health);
}
