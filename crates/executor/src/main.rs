//! Starts the executor service.

use std::process::ExitCode;

use executor::config::Config;
use service_kit::config::Env;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let config = Config::from_env(&mut Env::of_process());
    service_kit::server::main(config, executor::build).await
}
