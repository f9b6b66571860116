//! HTTP of the jobs service.

pub mod activity;
pub mod cancels;
pub mod children;
pub mod events;
pub mod jobs;
pub mod limits;
pub mod output;
pub mod repeats;
pub mod runs;
pub mod undos;
pub mod versions;
pub mod waiting;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds every route.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(jobs::create_job)
        .service(jobs::list_jobs)
        .service(jobs::get_job)
        .service(jobs::change_job)
        .service(jobs::delete_job)
        .service(versions::list_versions)
        .service(versions::get_version)
        .service(runs::start_run)
        .service(runs::list_runs)
        // Before the path of one run, which takes any word.
        .service(activity::get_activity)
        .service(limits::get_limits)
        .service(limits::set_limits)
        .service(runs::get_run)
        .service(runs::list_steps)
        .service(events::watch_run)
        .service(output::read_output)
        .service(output::download_output)
        .service(cancels::cancel_run)
        .service(cancels::cancel_step)
        .service(cancels::cancel_target)
        .service(children::ensure_child)
        .service(repeats::repeat_run)
        .service(undos::undo_run)
        .service(runs::resolve_step);
}
