//! Starts the auth service.

use std::process::ExitCode;

use auth::config::Config;
use service_kit::config::Env;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    service_kit::server::main(Config::from_env(&mut Env::of_process()), auth::build).await
}
