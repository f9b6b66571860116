//! How well a service behaves.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How a service behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// As the contract says.
    Well,
    /// The same, but each answer takes so long.
    Slow(Duration),
    /// Takes connections and answers none.
    Hung,
    /// Answers 503 to health and 500 to all else.
    Failing,
    /// Says that it is this other service.
    Lying(String),
    /// Says that it moves, and stays.
    Stays,
    /// Does not move: answers 500.
    Refuses,
    /// Is healthy without saying who it is.
    Plain,
    /// Is no service of the suite: answers 404 to everything.
    Stranger,
}

/// A word that names no behaviour.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownBehaviour(String);

impl fmt::Display for UnknownBehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = "well, slow, hung, failing, lying:OTHER, stays, refuses, plain, stranger";
        write!(f, "{:?} is no behaviour; known: {known}", self.0)
    }
}

impl std::error::Error for UnknownBehaviour {}

impl FromStr for Behaviour {
    type Err = UnknownBehaviour;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("lying", other)) => return Ok(Self::Lying(other.to_owned())),
            Some(_) => return Err(UnknownBehaviour(text.to_owned())),
            None => {}
        }
        match text {
            "well" => Ok(Self::Well),
            "slow" => Ok(Self::Slow(Duration::from_millis(1500))),
            "hung" => Ok(Self::Hung),
            "failing" => Ok(Self::Failing),
            "stays" => Ok(Self::Stays),
            "refuses" => Ok(Self::Refuses),
            "plain" => Ok(Self::Plain),
            "stranger" => Ok(Self::Stranger),
            _ => Err(UnknownBehaviour(text.to_owned())),
        }
    }
}

impl fmt::Display for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Well => f.write_str("well"),
            Self::Slow(by) => write!(f, "slow by {} ms", by.as_millis()),
            Self::Hung => f.write_str("hung"),
            Self::Failing => f.write_str("failing"),
            Self::Lying(other) => write!(f, "lying:{other}"),
            Self::Stays => f.write_str("stays"),
            Self::Refuses => f.write_str("refuses"),
            Self::Plain => f.write_str("plain"),
            Self::Stranger => f.write_str("stranger"),
        }
    }
}
