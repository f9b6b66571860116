//! Plays the default suite until it is ended.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use suite_sim::control::{Control, Stage};
use suite_sim::{Behaviour, Partner, Service, ServiceSpec, catalogue};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Plays the 26 services of the default suite, and its Hub and Ninja, on ports of 127.0.0.1.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Only>,
    /// Added to the default port of each service.
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: u16,
    /// Port of a Hub that is played as well.
    #[arg(long, value_name = "PORT")]
    hub: Option<u16>,
    /// Port of a Ninja that is played as well.
    #[arg(long, value_name = "PORT")]
    ninja: Option<u16>,
    /// Port of the interface that changes what is played; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    control: u16,
    /// How long a service still answers on a port that it leaves, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 200)]
    overlap: u64,
    /// How a service behaves at first, such as passport=hung; may be given again.
    ///
    /// Known: well, slow, hung, failing, lying:OTHER, stays, refuses, plain, stranger.
    #[arg(long, value_name = "SERVICE=BEHAVIOUR", value_parser = behaviour)]
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
    let ending = Ending::listen()?;
    if let Some(Only::Stranger { port }) = arguments.command {
        let _stranger = start("stranger", port, Behaviour::Stranger).await?;
        say(&format!("a stranger listens on {port}"));
        ending.wait().await;
        return Ok(());
    }
    suite_sim::set_overlap(arguments.overlap);
    let stage = Stage {
        services: services(arguments.offset, &arguments.behaviour).await?,
        hub: partner("the Hub", arguments.hub).await?,
        ninja: partner("Ninja", arguments.ninja).await?,
    };
    let control = Control::start(arguments.control, stage)
        .await
        .with_context(|| {
            format!(
                "the control interface cannot listen on {}",
                arguments.control
            )
        })?;
    say(&format!(
        "the control interface listens on {}",
        control.port()
    ));
    say("ready");
    ending.wait().await;
    Ok(())
}

/// Starts the services that can have their port.
async fn services(
    offset: u16,
    behaviours: &[(String, Behaviour)],
) -> anyhow::Result<Vec<Arc<Service>>> {
    let catalogue = catalogue::services()?;
    for (id, _) in behaviours {
        anyhow::ensure!(
            catalogue.contains_key(id),
            "the suite has no service {id:?}"
        );
    }
    let mut services = Vec::new();
    for (id, port) in catalogue {
        let port = port
            .checked_add(offset)
            .context("the offset is too large")?;
        let wished = behaviours.iter().rfind(|(wished, _)| *wished == id);
        let behaviour = wished.map_or(Behaviour::Well, |(_, behaviour)| behaviour.clone());
        match start(&id, port, behaviour).await {
            Ok(service) => {
                say(&format!("{id} listens on {port}, {}", service.behaviour()));
                services.push(service);
            }
            Err(error) => say(&format!("{error:#}")),
        }
    }
    Ok(services)
}

async fn start(id: &str, port: u16, behaviour: Behaviour) -> anyhow::Result<Arc<Service>> {
    let spec = ServiceSpec {
        id: id.to_owned(),
        port,
        behaviour,
    };
    let started = Service::start(spec).await;
    started.with_context(|| format!("{id} cannot listen on {port}"))
}

async fn partner(name: &str, port: Option<u16>) -> anyhow::Result<Option<Partner>> {
    let Some(port) = port else { return Ok(None) };
    let started = Partner::start(port).await;
    let partner = started.with_context(|| format!("{name} cannot listen on {port}"))?;
    say(&format!("{name} listens on {port}"));
    Ok(Some(partner))
}

/// The signals that end the program, caught from the start.
struct Ending {
    terminate: Signal,
    interrupt: Signal,
}

impl Ending {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits until somebody ends the program.
    async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn say(text: &str) {
    // Nobody is left to tell if standard output is closed.
    let _written = writeln!(std::io::stdout(), "{text}");
}
