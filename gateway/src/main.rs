//! The gateway's process.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let build = async |config| Ok(gateway::build(config).await?.0);
    service_kit::server::main(gateway::config::Config::from_env(), build).await
}
