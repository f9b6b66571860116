//! What can go wrong, and how callers see it.

use common::problem::FieldError;
use service_kit::error::ApiError;

/// A condition that a caller can act on, or a fault inside.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such suite.
    #[error("there is no suite {0}")]
    NoSuchSuite(String),
    /// No such service.
    #[error("there is no service {0} in the suite {1}")]
    NoSuchService(String, String),
    /// A suite of this name exists.
    #[error("a suite {0} exists already")]
    SuiteTaken(String),
    /// A service of this name exists.
    #[error("a service {0} exists already in this suite")]
    ServiceTaken(String),
    /// The suite is one that must stay.
    #[error("the suite {0} cannot be removed")]
    SuiteStays(String),
    /// The service has no port.
    #[error("service {0} has no port assigned")]
    NoPort(String),
    /// Somebody has the port.
    #[error("port {port} is {holder}")]
    PortTaken {
        /// The port.
        port: u16,
        /// Who has it, to follow "port 8010 is".
        holder: String,
    },
    /// A process listens on the port.
    #[error("port {port} is in use by the system: {holder}")]
    PortInUse {
        /// The port.
        port: u16,
        /// Which process, in words.
        holder: String,
    },
    /// No port is free.
    #[error("no free port between {0} and {1}")]
    NoFreePort(u32, u32),
    /// The service already has the port.
    #[error("service {0} already uses port {1}")]
    SamePort(String, u16),
    /// The service is not moved by a program.
    #[error("service {0} can only be moved by hand")]
    NotMovable(String),
    /// The running service did not move.
    #[error("service {0} was not moved and stays on port {1}: {2}")]
    MoveFailed(String, u16, String),
    /// No such move.
    #[error("there is no move {0}")]
    NoSuchMove(i64),
    /// The process that led the move is about to end; another one goes on.
    #[error("move {0} goes on elsewhere; its outcome is at /api/ports/changes/{0}")]
    MoveGoesOn(i64),
    /// Another move of the service is not over.
    #[error("service {0} is being moved already")]
    MovingAlready(String),
    /// The port is reserved already.
    #[error("port {0} is already reserved")]
    AlreadyReserved(u16),
    /// The port is not reserved.
    #[error("port {0} is not reserved")]
    NotReserved(u16),
    /// Some of a bulk cannot be done, so none is.
    #[error("nothing was changed: {0}")]
    BulkRefused(String),
    /// No plan solves the conflicts.
    #[error("the conflicts cannot be resolved by moving services: {0}")]
    NoPlan(String),
    /// No such conflict.
    #[error("there is no such conflict")]
    NoSuchConflict,
    /// The conflict is over.
    #[error("the conflict is over")]
    ConflictOver,
    /// No such backup.
    #[error("there is no backup {0}")]
    NoSuchBackup(String),
    /// A backup of this name exists.
    #[error("a backup {0} exists already")]
    BackupTaken(String),
    /// The document is no backup, or was altered.
    #[error("the backup cannot be used: {0}")]
    BadBackup(String),
    /// The document of a wished state cannot be read.
    #[error("the document cannot be used: {0}")]
    BadManifest(String),
    /// A plan that is to be applied is another one by now.
    #[error("something has changed since that plan was made; look at the new one")]
    PlanOutdated,
    /// The service is not asked to restart, or did not.
    #[error("service {0} was not restarted: {1}")]
    NotRestarted(String, String),
    /// Fields with wrong values.
    #[error("fields are wrong")]
    Invalid(Vec<FieldError>),
    /// The transaction that this was a part of failed because of another part.
    #[error("this could not be written together with others; try again")]
    GroupFailed,
    /// Work off the async threads ended early.
    #[error("interrupted")]
    Interrupted,
    /// An answer cannot be written as text.
    #[error("json")]
    Unwritable(#[from] serde_json::Error),
    /// The sockets of this machine cannot be read.
    #[error("sockets")]
    Sockets(#[from] crate::observe::ScanError),
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

impl From<FieldError> for Error {
    fn from(fault: FieldError) -> Self {
        Self::Invalid(vec![fault])
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::NoSuchSuite(_) => Self::not_found("ports.no_such_suite", text),
            Error::NoSuchService(..) => Self::not_found("ports.no_such_service", text),
            Error::SuiteTaken(_) => Self::conflict("ports.suite_taken", text),
            Error::ServiceTaken(_) => Self::conflict("ports.service_taken", text),
            Error::SuiteStays(_) => Self::conflict("ports.suite_stays", text),
            Error::NoPort(_) => Self::not_found("ports.no_port", text),
            Error::PortTaken { .. } => Self::bad_request("ports.port_taken", text),
            Error::PortInUse { .. } => Self::bad_request("ports.port_in_use", text),
            Error::NoFreePort(..) => Self::not_found("ports.no_free_port", text),
            Error::SamePort(..) => Self::bad_request("ports.same_port", text),
            Error::NotMovable(_) => Self::bad_request("ports.not_movable", text),
            Error::MoveFailed(..) => Self::bad_request("ports.move_failed", text),
            Error::MovingAlready(_) => Self::conflict("ports.moving_already", text),
            Error::NoSuchMove(_) => Self::not_found("ports.no_such_change", text),
            Error::MoveGoesOn(_) => Self::unavailable("ports.change_goes_on", text),
            Error::AlreadyReserved(_) => Self::bad_request("ports.already_reserved", text),
            Error::NotReserved(_) => Self::not_found("ports.not_reserved", text),
            Error::BulkRefused(_) => Self::bad_request("ports.bulk_refused", text),
            Error::NoPlan(_) => Self::conflict("ports.no_plan", text),
            Error::NoSuchConflict => Self::not_found("ports.no_such_conflict", text),
            Error::ConflictOver => Self::conflict("ports.conflict_over", text),
            Error::NoSuchBackup(_) => Self::not_found("ports.no_such_backup", text),
            Error::BackupTaken(_) => Self::conflict("ports.backup_taken", text),
            Error::BadBackup(_) => Self::bad_request("ports.bad_backup", text),
            Error::BadManifest(_) => Self::bad_request("ports.bad_manifest", text),
            Error::PlanOutdated => Self::conflict("ports.plan_outdated", text),
            Error::NotRestarted(..) => Self::bad_request("ports.not_restarted", text),
            Error::Invalid(faults) => Self::invalid(faults),
            Error::GroupFailed => Self::unavailable("ports.try_again", text),
            Error::Interrupted => Self::internal("interrupted"),
            Error::Unwritable(cause) => Self::internal(cause),
            Error::Sockets(cause) => Self::internal(cause),
            Error::Database(cause) => cause.into(),
        }
    }
}
