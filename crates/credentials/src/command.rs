//! The command `credentials rewrap`: a new key for all data keys, while the service goes on.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};
use common::clock::Clock;
use service_kit::config::{BadSettings, EXIT_BAD_SETTINGS};
use service_kit::service::Kit;

use crate::config::Config;
use crate::crypto::derive::Master;
use crate::domain::vault::Vault;
use crate::domain::{key_source, rewrap};
use crate::{SERVICE, crypto, process};

/// Pause when all that is left is locked by others.
const PAUSE: Duration = Duration::from_millis(50);

/// Runs the command; the exit code says how it went.
pub async fn run(
    settings: Result<Config, BadSettings>,
    new_kek_file: &Path,
    batch_size: i64,
) -> ExitCode {
    let (text, code) = match settings {
        Err(faults) => (faults.to_string(), ExitCode::from(EXIT_BAD_SETTINGS)),
        Ok(config) => match rewrap(config, new_kek_file, batch_size).await {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => (format!("{error:#}"), ExitCode::FAILURE),
        },
    };
    // Nobody is left to tell if standard error is closed.
    let _written = writeln!(std::io::stderr(), "{text}");
    code
}

async fn rewrap(config: Config, new_kek_file: &Path, batch_size: i64) -> anyhow::Result<()> {
    process::harden().context("cannot forbid core dumps")?;
    crypto::self_test()?;
    let keys = key_source::read_keys(new_kek_file)?;
    let master = keys.first().context("the file holds no key")?;
    ensure!(
        knows(config.keys.kek_file.as_deref(), master)?,
        "KEK_FILE does not hold the new key: put it there as the first line and leave the present \
         one below, so that the running service finds both"
    );
    let kit = Kit::new(SERVICE, config.common, Clock::system())?;
    let vault = Vault::new(config.keys);
    let mut conn = kit
        .db
        .acquire()
        .await
        .context("the database cannot be reached")?;
    let kek = rewrap::begin(&mut conn, &vault, master).await?;
    let mut wrapped = 0;
    while rewrap::count_left(&mut conn, &kek).await? > 0 {
        match rewrap::wrap_batch(&mut conn, &vault, &kek, batch_size).await? {
            0 => tokio::time::sleep(PAUSE).await,
            some => wrapped += some,
        }
    }
    let gone = rewrap::finish(&mut conn, &kek).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{wrapped} data keys are now wrapped by {}", kek.id())?;
    for id in gone {
        writeln!(
            out,
            "{id} wraps nothing any more: take it out of KEK_FILE and destroy it"
        )?;
    }
    Ok(())
}

/// Whether the service will find the new key in its own file.
fn knows(kek_file: Option<&Path>, new: &Master) -> anyhow::Result<bool> {
    let known = kek_file.map(key_source::read_keys).transpose()?;
    Ok(known.into_iter().flatten().any(|key| key.is(new)))
}
