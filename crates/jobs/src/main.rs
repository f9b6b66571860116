//! Starts the jobs service.

use std::process::ExitCode;

use jobs::config::Config;
use service_kit::config::Env;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    service_kit::server::main(Config::from_env(&mut Env::of_process()), jobs::build).await
}
