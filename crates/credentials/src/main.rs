//! Starts the credentials service, or wraps its keys anew.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use credentials::config::Config;
use service_kit::config::Env;

/// Keeps the secrets of targets.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Wraps every data key under a new key, while the service goes on.
    ///
    /// Takes the settings of the service. Can be ended at any time and started again with the same
    /// file: it goes on where it stopped.
    Rewrap {
        /// File of the new key, in the form of `KEK_FILE`; its first key counts.
        #[arg(long)]
        new_kek_file: PathBuf,
        /// Data keys that one transaction wraps.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        batch_size: i64,
    },
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let settings = Config::from_env(&mut Env::of_process());
    match Arguments::parse().command {
        None => service_kit::server::main(settings, credentials::build).await,
        Some(Command::Rewrap {
            new_kek_file,
            batch_size,
        }) => credentials::command::run(settings, &new_kek_file, batch_size).await,
    }
}
