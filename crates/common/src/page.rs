//! The window of a list: `skip` and `limit`.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::FieldError;

/// Most rows that one answer holds.
pub const MAX_LIMIT: i64 = 1000;

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Rows to pass over.
    #[serde(default)]
    #[param(minimum = 0, default = 0)]
    pub skip: i64,
    /// Rows to answer with.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: i64,
}

/// Rows of an answer where the query does not say.
pub fn usual_limit() -> i64 {
    100
}

impl Default for Page {
    fn default() -> Self {
        Self {
            skip: 0,
            limit: usual_limit(),
        }
    }
}

impl Page {
    /// The page, if both numbers are in their ranges.
    ///
    /// # Errors
    /// The number that is not.
    pub fn check(self) -> Result<Self, FieldError> {
        let fault = |field, detail| Err(FieldError::new(field, "out_of_range", detail));
        if self.skip < 0 {
            return fault("skip", "must be 0 or more");
        }
        if !(1..=MAX_LIMIT).contains(&self.limit) {
            return fault("limit", "must be between 1 and 1000");
        }
        Ok(self)
    }
}
