//! Starts the targets service.

use std::process::ExitCode;

use service_kit::config::Env;
use targets::config::Config;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    service_kit::server::main(Config::from_env(&mut Env::of_process()), targets::build).await
}
