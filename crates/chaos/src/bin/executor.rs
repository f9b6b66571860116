//! The executor as it is, built with places where `FAILPOINTS` makes it fail.

use std::process::ExitCode;

use executor::config::Config;
use service_kit::config::Env;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let _places = fail::FailScenario::setup();
    let config = Config::from_env(&mut Env::of_process());
    service_kit::server::main(config, executor::build).await
}
