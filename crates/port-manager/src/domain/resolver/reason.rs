//! Why a service moves.

/// Why a service moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Another service declares the same port and keeps it.
    Duplicate {
        /// The port of both.
        port: u16,
        /// Who stays on it.
        kept_by: String,
    },
    /// Nobody may use its port.
    Blocked {
        /// The port it has.
        port: u16,
        /// What the port is, in words.
        why: String,
    },
    /// Its port is not one of those it may have.
    OutOfRange {
        /// The port it has.
        port: u16,
    },
    /// It has no port.
    Unassigned,
    /// It makes room, because that is the least disruption for all.
    Displaced {
        /// The port it gives away.
        port: u16,
        /// Who gets it.
        for_service: String,
    },
}

impl Reason {
    /// One sentence for a person, without a full stop.
    pub fn describe(&self) -> String {
        match self {
            Self::Duplicate { port, kept_by } => {
                format!("port {port} is also declared by {kept_by}, which keeps it")
            }
            Self::Blocked { port, why } => format!("port {port} is {why}"),
            Self::OutOfRange { port } => {
                format!("port {port} is outside the ports it may have")
            }
            Self::Unassigned => "it has no port yet".to_owned(),
            Self::Displaced { port, for_service } => {
                format!("port {port} makes room for {for_service} with the least disruption")
            }
        }
    }
}
