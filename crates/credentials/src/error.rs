//! What can go wrong, and what callers see of it.

use common::id::CredentialId;
use common::problem::FieldError;
use service_kit::error::ApiError;

use crate::crypto::CryptoError;

/// A condition that a caller can act on, or a failure inside.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No credential has this id.
    #[error("no credential has the id {0}")]
    NotFound(CredentialId),
    /// No credential has this name.
    #[error("no credential has this name")]
    NameNotFound,
    /// The name belongs to another credential.
    #[error("a credential named {0} exists already")]
    NameTaken(String),
    /// Targets use it.
    #[error("credential {name} is used by {}", listed(.targets))]
    InUse {
        /// The credential.
        name: String,
        /// Names of the targets.
        targets: Vec<String>,
    },
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// The key that is needed is not at hand.
    #[error("the key that encrypts credentials is not at hand")]
    Sealed,
    /// A passphrase does not open the vault.
    #[error("this passphrase does not open the vault")]
    WrongPassphrase,
    /// The executor does not hold the step, or the step names another credential.
    #[error("this worker holds no step that names this credential")]
    ClaimNotCurrent,
    /// The run ended too long ago.
    #[error("the secret parameters of this run were removed: it ended too long ago")]
    ParcelGone,
    /// A service asks without a person who may test targets.
    #[error("a test needs a person who may test targets")]
    NoTester,
    /// Data of credentials is not shown here.
    #[error("showing the data of credentials is switched off")]
    RevealDisabled,
    /// A stored value cannot be opened, or a new one not sealed.
    #[error("the cipher refused")]
    Crypto(#[source] CryptoError),
    /// The database refused or is away.
    #[error("database")]
    Database(#[from] sqlx::Error),
}

/// Names for a sentence: the first ten, and how many more.
fn listed(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(10).map(String::as_str).collect();
    let noun = if names.len() == 1 {
        "the target"
    } else {
        "the targets"
    };
    match names.len().saturating_sub(shown.len()) {
        0 => format!("{noun} {}", shown.join(", ")),
        more => format!("{noun} {} and {more} more", shown.join(", ")),
    }
}

impl From<CryptoError> for Error {
    fn from(error: CryptoError) -> Self {
        match error {
            CryptoError::UnknownKey => Self::Sealed,
            CryptoError::Forged
            | CryptoError::NoRandomness
            | CryptoError::Length
            | CryptoError::NotAKey
            | CryptoError::SelfTest => Self::Crypto(error),
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let said = error.to_string();
        match error {
            Error::NotFound(_) | Error::NameNotFound => {
                Self::not_found("credentials.not_found", said)
            }
            Error::NameTaken(_) => Self::conflict("credentials.name_taken", said),
            Error::InUse { .. } => Self::conflict("credentials.in_use", said),
            Error::Invalid(faults) => Self::invalid(faults),
            Error::Sealed => Self::unavailable(
                "credentials.sealed",
                "the vault is sealed: give the service the key that encrypts credentials",
            ),
            Error::WrongPassphrase => Self::forbidden("credentials.wrong_passphrase", said),
            Error::ClaimNotCurrent => Self::forbidden("credentials.claim_not_current", said),
            Error::ParcelGone => Self::not_found("credentials.parcel_gone", said),
            Error::NoTester => Self::forbidden("credentials.no_tester", said),
            Error::RevealDisabled => Self::forbidden("credentials.reveal_disabled", said),
            Error::Crypto(source) => Self::internal(source),
            Error::Database(source) => Self::from(source),
        }
    }
}
