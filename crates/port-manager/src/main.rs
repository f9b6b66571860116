//! Starts the port manager.

use std::process::ExitCode;

use port_manager::config::Config;
use service_kit::config::Env;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let settings = Config::from_env(&mut Env::of_process());
    service_kit::server::main(settings, port_manager::build).await
}
