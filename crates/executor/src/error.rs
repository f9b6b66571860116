//! What can go wrong for a caller of this service.

use service_kit::error::ApiError;

/// Why a request could not be served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or cannot be reached.
    #[error("database")]
    Database(#[from] sqlx::Error),
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => error.into(),
        }
    }
}
