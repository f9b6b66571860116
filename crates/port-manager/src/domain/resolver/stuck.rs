//! Why there is no plan.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

/// Names that a message spells out before it counts the rest.
const NAMES_SHOWN: usize = 5;

/// There is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The services that cannot be placed, by name.
    pub services: Vec<String>,
    /// What is in the way; never empty.
    pub why: Vec<Obstacle>,
}

/// One thing that makes a plan impossible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Services that only a person moves are on one port.
    SharedPort {
        /// The port.
        port: u16,
        /// Those on it, by name.
        services: Vec<String>,
    },
    /// A service that only a person moves is on a port nobody may use.
    BlockedPort {
        /// The port.
        port: u16,
        /// Who is on it.
        service: String,
        /// What the port is, in words.
        why: String,
    },
    /// More services than ports they may have.
    TooFewPorts {
        /// Those left over when the others are placed, by name.
        left: Vec<String>,
        /// All that compete, those left over included.
        services: usize,
        /// Ports they compete for.
        ports: usize,
    },
}

impl Stuck {
    /// Names everyone that `why` names.
    pub(super) fn new(why: Vec<Obstacle>) -> Self {
        let names: BTreeSet<&String> = why.iter().flat_map(Obstacle::services).collect();
        Self {
            services: names.into_iter().cloned().collect(),
            why,
        }
    }
}

impl Obstacle {
    fn services(&self) -> &[String] {
        match self {
            Self::SharedPort { services, .. } => services,
            Self::BlockedPort { service, .. } => std::slice::from_ref(service),
            Self::TooFewPorts { left, .. } => left,
        }
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, obstacle) in self.why.iter().enumerate() {
            let gap = if place == 0 { "" } else { "; " };
            write!(f, "{gap}{obstacle}")?;
        }
        Ok(())
    }
}

impl Error for Stuck {}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SharedPort { port, services } => {
                let names = Names(services);
                write!(
                    f,
                    "{names} share port {port} and only a person can move them"
                )
            }
            Self::BlockedPort { port, service, why } => {
                write!(
                    f,
                    "port {port} of {service} is {why} and only a person can move it"
                )
            }
            Self::TooFewPorts {
                left,
                services,
                ports,
            } => {
                let names = Names(left);
                write!(
                    f,
                    "no port is left for {names}: services {services}, allowed ports {ports}"
                )
            }
        }
    }
}

/// The first few names, and how many more.
struct Names<'a>(&'a [String]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, name) in self.0.iter().take(NAMES_SHOWN).enumerate() {
            let gap = if place == 0 { "" } else { ", " };
            write!(f, "{gap}{name}")?;
        }
        match self.0.len().saturating_sub(NAMES_SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
