//! `migrate`: brings the database of OpsConductor to the newest shape.

use std::convert::Infallible;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};
use common::secret::Secret;
use database::State;
use sqlx::postgres::PgConnectOptions;

/// How long a starting server is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Parser)]
#[command(
    name = "migrate",
    about = "Brings the database of OpsConductor to the newest shape",
    version
)]
struct Arguments {
    /// Address of the database, with the login of an administrator.
    #[arg(long, env = "DATABASE_ADMIN_URL", hide_env_values = true, value_parser = secret)]
    admin_url: Secret,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes roles and schemas, sets passwords and applies missing migrations; safe to repeat.
    Up {
        /// Folder with one password file per service role, named like the role.
        #[arg(long, env = "DB_PASSWORD_DIR")]
        password_dir: Option<PathBuf>,
    },
    /// Lists the migrations; exit code 1 unless all are applied as they are here.
    Status,
    /// Makes the users of a development start, with public passwords.
    Seed {
        /// Must be `development`.
        #[arg(long, env = "OPSC_PROFILE", default_value = "production")]
        profile: String,
        /// File with the pepper that the users service has, too.
        #[arg(long, env = "PASSWORD_PEPPER_FILE")]
        pepper_file: PathBuf,
    },
}

/// A setting that cannot be used; never with its value, which may hold a password.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct BadSetting(&'static str);

fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::new(text.to_owned()))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let bad = error.use_stderr();
            let printed = error.print().is_ok();
            return if bad || !printed {
                ExitCode::from(64)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match run(arguments).await {
        Ok(code) => code,
        Err(error) => {
            // Nothing is left to tell if even this cannot be written.
            let _unheard = writeln!(io::stderr(), "migrate: {error:#}");
            if error.is::<BadSetting>() {
                ExitCode::from(64)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let admin = PgConnectOptions::from_str(arguments.admin_url.expose())
        .map_err(|_quotes_it| BadSetting("DATABASE_ADMIN_URL is no address of a database"))?;
    match arguments.command {
        Command::Up { password_dir } => up(&admin, password_dir).await,
        Command::Status => status(&admin).await,
        Command::Seed {
            profile,
            pepper_file,
        } => {
            ensure!(
                profile == "development",
                BadSetting("the seed has public passwords: it needs OPSC_PROFILE=development")
            );
            seed(&admin, pepper_file).await
        }
    }
}

async fn up(admin: &PgConnectOptions, password_dir: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let mut conn = database::connect(admin, PATIENCE).await?;
    database::prepare(admin).await?;
    if let Some(dir) = password_dir {
        ensure!(dir.is_dir(), BadSetting("DB_PASSWORD_DIR is no folder"));
        database::set_passwords(&mut conn, &dir).await?;
    }
    let count = database::status(&mut conn).await?.len();
    writeln!(io::stdout(), "The database has all {count} migrations.")?;
    Ok(ExitCode::SUCCESS)
}

async fn status(admin: &PgConnectOptions) -> anyhow::Result<ExitCode> {
    let mut conn = database::connect(admin, PATIENCE).await?;
    let list = database::status(&mut conn).await?;
    let mut out = io::stdout().lock();
    for migration in &list {
        let word = match migration.state {
            State::Applied => "applied",
            State::Pending => "pending",
            State::Changed => "changed",
            State::Foreign => "unknown here",
        };
        writeln!(
            out,
            "{:04}  {word:<12}  {}",
            migration.version, migration.description
        )?;
    }
    let current = list
        .iter()
        .all(|migration| migration.state == State::Applied);
    Ok(if current {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn seed(admin: &PgConnectOptions, pepper_file: PathBuf) -> anyhow::Result<ExitCode> {
    let raw = std::fs::read(&pepper_file).with_context(|| {
        format!(
            "PASSWORD_PEPPER_FILE: cannot read {}",
            pepper_file.display()
        )
    })?;
    let raw = Secret::new(raw);
    let pepper = Secret::new(raw.expose().trim_ascii().to_vec());
    let mut conn = database::connect(admin, PATIENCE).await?;
    let made = database::seed::seed(&mut conn, &pepper).await?;
    let answer = match made.as_slice() {
        [] => "All development users exist.".to_owned(),
        names => format!("Made the development users {}.", names.join(", ")),
    };
    writeln!(io::stdout(), "{answer}")?;
    Ok(ExitCode::SUCCESS)
}
