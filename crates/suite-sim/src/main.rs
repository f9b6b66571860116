//! Plays the default suite until it is ended.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use suite_sim::control::{Control, Stage};
use suite_sim::{Behaviour, Partner, Service, ServiceSpec, catalogue};
use tokio::signal::unix::{SignalKind, signal};

/// Plays the 26 services of the default suite, and its Hub and Ninja, on ports of 127.0.0.1.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Only>,
    /// Added to the default port of each service.
    #[arg(long, default_value_t = 0)]
    offset: u16,
    /// Port of a Hub that is played as well.
    #[arg(long)]
    hub: Option<u16>,
    /// Port of a Ninja that is played as well.
    #[arg(long)]
    ninja: Option<u16>,
    /// Port of the interface that changes what is played.
    #[arg(long, default_value_t = 0)]
    control: u16,
    /// How a service behaves at first, such as `passport=hung`.
    #[arg(long, value_parser = behaviour)]
    behaviour: Vec<(String, Behaviour)>,
}

#[derive(Subcommand)]
enum Only {
    /// Holds one port like a program that has nothing to do with the suite.
    Stranger {
        /// The port.
        #[arg(long)]
        port: u16,
    },
}

fn behaviour(text: &str) -> Result<(String, Behaviour), String> {
    let (id, word) = text
        .split_once('=')
        .ok_or("must look like SERVICE=BEHAVIOUR")?;
    let behaviour = word.parse().map_err(|error| format!("{error}"))?;
    Ok((id.to_owned(), behaviour))
}

#[tokio::main]
async fn main() -> ExitCode {
    match play(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn play(arguments: Arguments) -> anyhow::Result<()> {
    if let Some(Only::Stranger { port }) = arguments.command {
        let spec = ServiceSpec {
            id: "stranger".to_owned(),
            port,
            behaviour: Behaviour::Stranger,
        };
        let _stranger = Service::start(spec).await?;
        say(&format!("a stranger listens on {port}"));
        return ended().await;
    }
    let mut services = Vec::new();
    for (id, port) in catalogue::services()? {
        let port = port
            .checked_add(arguments.offset)
            .ok_or_else(|| anyhow::anyhow!("the offset is too large"))?;
        let wished = arguments.behaviour.iter().find(|(wished, _)| *wished == id);
        let behaviour = wished.map_or(Behaviour::Well, |(_, behaviour)| behaviour.clone());
        match Service::start(ServiceSpec {
            id: id.clone(),
            port,
            behaviour,
        })
        .await
        {
            Ok(service) => {
                say(&format!("{id} listens on {port}, {}", service.behaviour()));
                services.push(service);
            }
            Err(error) => say(&format!("{id} cannot listen on {port}: {error}")),
        }
    }
    let stage = Stage {
        services,
        hub: partner("the Hub", arguments.hub).await?,
        ninja: partner("Ninja", arguments.ninja).await?,
    };
    let control = Control::start(arguments.control, stage).await?;
    say(&format!(
        "the control interface listens on {}",
        control.port()
    ));
    say("ready");
    ended().await
}

async fn partner(name: &str, port: Option<u16>) -> anyhow::Result<Option<Partner>> {
    let Some(port) = port else { return Ok(None) };
    let started = Partner::start(port).await;
    let partner =
        started.map_err(|error| anyhow::anyhow!("{name} cannot listen on {port}: {error}"))?;
    say(&format!("{name} listens on {port}"));
    Ok(Some(partner))
}

/// Waits until somebody ends the program.
async fn ended() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

fn say(text: &str) {
    // Nobody is left to tell if standard output is closed.
    let _written = writeln!(std::io::stdout(), "{text}");
}
