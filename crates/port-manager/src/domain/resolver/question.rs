//! What is asked: services with their wishes, and ports that nobody may use.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Moving a service that must restart weighs this many live moves.
pub const RESTART_FACTOR: u64 = 4;

/// How a service can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movable {
    /// It serves two ports for a while, so nothing is lost.
    Live,
    /// It restarts on the other port.
    Restart,
    /// Only a person moves it; a plan leaves it where it is.
    Manual,
}

/// One service: what it has, and where it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Its name; ties go to the first one.
    pub name: String,
    /// The declared port; `None` needs its first one, whatever `movable` says.
    pub port: Option<u16>,
    /// Disruption of moving it; 0 counts as 1.
    pub weight: u32,
    /// How it can be moved.
    pub movable: Movable,
    /// Where it may be; port 0 is never given.
    pub allowed: Vec<RangeInclusive<u16>>,
    /// Ports it had before, newest first.
    pub former: Vec<u16>,
    /// Where it goes if nothing else matters.
    pub preferred: u16,
}

impl Wish {
    /// Cost of moving it away from the port it has.
    pub fn disruption(&self) -> u64 {
        let weight = u64::from(self.weight.max(1));
        match (self.port, self.movable) {
            (None, _) => 0,
            (Some(_), Movable::Live | Movable::Manual) => weight,
            (Some(_), Movable::Restart) => weight.saturating_mul(RESTART_FACTOR),
        }
    }
}

/// Services that share one space of ports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The services.
    pub wishes: Vec<Wish>,
    /// Ports that none of them may use, each with what it is: "reserved", "held by pid 42 node".
    pub blocked: BTreeMap<u16, String>,
}
