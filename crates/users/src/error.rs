//! What can go wrong, and how callers see it.

use actix_web::http::StatusCode;
use common::id::UserId;
use common::password::PasswordError;
use common::problem::FieldError;
use service_kit::error::ApiError;

/// A condition that a caller can act on, or a fault inside.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such user, or none that the caller may see.
    #[error("there is no user {0}")]
    NotFound(UserId),
    /// Somebody has this name.
    #[error("the username is taken")]
    UsernameTaken,
    /// Somebody has this address.
    #[error("the email address is taken")]
    EmailTaken,
    /// The change would leave nobody who may administer.
    #[error("the last active admin cannot be removed, demoted or deactivated")]
    LastAdmin,
    /// Name and password do not belong together.
    #[error("username or password is wrong")]
    WrongPassword,
    /// The password given to prove oneself is not the present one.
    #[error("the current password is wrong")]
    WrongCurrentPassword,
    /// Somebody else changed the person at the same time.
    #[error("the user was changed at the same time; look again")]
    ChangedMeanwhile,
    /// A field that only an admin may change.
    #[error("only an admin may change {0}")]
    AdminField(&'static str),
    /// Fields with wrong values.
    #[error("fields are wrong")]
    Invalid(Vec<FieldError>),
    /// There are users, so that nobody becomes admin by a code.
    #[error("the first admin has been made")]
    BootstrapClosed,
    /// Not the code that was printed, or it is too old.
    #[error("the code is wrong or too old; a start without users prints a new one")]
    WrongCode,
    /// The production profile met a user of a development start.
    #[error(
        "the password of user {0:?} is a well-known development password: the production profile \
         does not start on a database with development users"
    )]
    DevelopmentPassword(String),
    /// More passwords are waiting to be hashed than is sensible.
    #[error("too many passwords are being checked")]
    Busy,
    /// A hash is damaged.
    #[error("hashing")]
    Hashing(#[from] PasswordError),
    /// The thread that hashed is gone.
    #[error("hashing was interrupted")]
    Interrupted,
    /// The system gives no random numbers.
    #[error("no random numbers")]
    Random,
    /// A row of the audit log could not be written down for hashing.
    #[error("canonical form of an audit row")]
    Canonical(#[from] serde_json::Error),
    /// The file of signed ends cannot be read or written.
    #[error("the file of signed ends of the audit log cannot be used at the moment")]
    HeadFile(#[source] std::io::Error),
    /// The audit log does not agree with its signed ends.
    #[error("the audit log differs from its last signed end: {0}")]
    Tampered(String),
    /// The database refused or is away.
    #[error("database")]
    Database(#[from] sqlx::Error),
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
            Error::NotFound(_) => Self::not_found("users.not_found", text),
            Error::UsernameTaken => Self::conflict("users.username_taken", text),
            Error::EmailTaken => Self::conflict("users.email_taken", text),
            Error::LastAdmin => Self::conflict("users.last_admin", text),
            Error::WrongPassword => {
                Self::new(StatusCode::UNAUTHORIZED, "users.wrong_password", text)
            }
            Error::WrongCurrentPassword => Self::forbidden("users.wrong_current_password", text),
            Error::ChangedMeanwhile => Self::conflict("users.changed_meanwhile", text),
            Error::AdminField(_) => Self::forbidden("users.admin_field", text),
            Error::Invalid(faults) => Self::invalid(faults),
            Error::Busy => Self::too_many("users.busy", text, 1),
            Error::BootstrapClosed => Self::not_found("users.bootstrap_closed", text),
            Error::WrongCode => Self::forbidden("users.wrong_code", text),
            Error::HeadFile(cause) => {
                Self::unavailable("unavailable.audit_head", text).caused_by(cause)
            }
            Error::Hashing(cause) => Self::internal(cause),
            Error::Canonical(cause) => Self::internal(cause),
            Error::Interrupted
            | Error::Random
            | Error::Tampered(_)
            | Error::DevelopmentPassword(_) => Self::internal(error),
            Error::Database(cause) => cause.into(),
        }
    }
}
