//! The operations, by what they are about.

pub mod audit;
pub mod bootstrap;
pub mod internal;
pub mod passwords;
pub mod users;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds all routes.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(users::create_user)
        .service(users::list_users)
        .service(users::get_user)
        .service(users::change_user)
        .service(users::delete_user)
        .service(users::set_role)
        .service(passwords::change_password)
        .service(bootstrap::make_first_admin)
        .service(audit::list_entries)
        .service(audit::verify_log)
        .service(audit::get_head)
        .service(internal::check_password)
        .service(internal::get_identity)
        .service(internal::list_changes);
}
