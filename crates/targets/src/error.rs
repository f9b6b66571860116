//! What can go wrong, and how callers see it.

use actix_web::http::StatusCode;
use clients::http::ClientError;
use common::id::TargetId;
use common::model::target::Protocol;
use common::problem::FieldError;
use service_kit::error::ApiError;

/// A condition that a caller can act on, or a fault inside.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such target.
    #[error("there is no target {0}")]
    NotFound(TargetId),
    /// No target has this name.
    #[error("there is no target of this name")]
    NoSuchName,
    /// Another target has this name.
    #[error("a target of this name exists already")]
    NameTaken,
    /// Targets would depend on each other in a circle, in words.
    #[error("targets would depend on each other in a circle: {0}")]
    DependencyCycle(String),
    /// Others depend on the target.
    #[error("other targets depend on this one: {}", .0.join(", "))]
    HasDependents(Vec<String>),
    /// The target has another key of this algorithm, or this one was replaced.
    #[error("{0}; compare the fingerprints, then send replace: true")]
    HostKeyConflict(&'static str),
    /// The target has no such host key.
    #[error("the target has no such host key")]
    NoSuchHostKey,
    /// The target is not reached over WinRM.
    #[error("the target's protocol is {}, not winrm", .0.as_str())]
    NotWinrm(Protocol),
    /// Connections of this protocol cannot be tested.
    #[error("testing a connection over {} is not available yet", .0.as_str())]
    NotAvailable(Protocol),
    /// As many connections are tested as is allowed.
    #[error("too many connections are being tested; try again shortly")]
    Busy,
    /// Fields with wrong values.
    #[error("fields are wrong")]
    Invalid(Vec<FieldError>),
    /// Another service gave no answer to work with.
    #[error("another service")]
    Service(#[from] ClientError),
    /// The database refused or is away.
    #[error("database")]
    Database(#[from] sqlx::Error),
}

impl Error {
    /// One field with a wrong value.
    pub fn field(name: &str, code: &str, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(name, code, detail)])
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::NotFound(_) | Error::NoSuchName => Self::not_found("targets.not_found", text),
            Error::NameTaken => Self::conflict("targets.name_taken", text),
            Error::DependencyCycle(_) => Self::bad_request("targets.dependency_cycle", text)
                .with_errors(vec![FieldError::new(
                    "depends_on",
                    "cycle",
                    "must not lead back to the target itself",
                )]),
            Error::HasDependents(_) => Self::conflict("targets.has_dependents", text),
            Error::HostKeyConflict(_) => Self::conflict("targets.host_key_conflict", text),
            Error::NoSuchHostKey => Self::not_found("targets.no_such_host_key", text),
            Error::NotWinrm(_) => Self::bad_request("targets.not_winrm", text),
            Error::NotAvailable(protocol) => {
                Self::new(StatusCode::NOT_IMPLEMENTED, not_available(protocol), text)
            }
            Error::Busy => Self::too_many("targets.busy", text, 1),
            Error::Invalid(faults) => Self::invalid(faults),
            Error::Service(cause) => cause.into(),
            Error::Database(cause) => cause.into(),
        }
    }
}

fn not_available(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Winrm => "targets.winrm_not_available",
        Protocol::Http => "targets.http_not_available",
        Protocol::Ssh => "targets.ssh_not_available",
    }
}
