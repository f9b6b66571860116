//! The window of a list: `skip` and `limit`.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Most rows that one answer holds.
pub const MAX_LIMIT: i64 = 1000;

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Rows to pass over.
    #[serde(default)]
    #[param(minimum = 0, default = 0)]
    pub skip: i64,
    /// Rows to answer with.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: i64,
}

fn default_limit() -> i64 {
    100
}

impl Default for Page {
    fn default() -> Self {
        Self {
            skip: 0,
            limit: default_limit(),
        }
    }
}

impl Page {
    /// Which of the two numbers is out of its range, if any.
    pub fn fault(self) -> Option<(&'static str, &'static str)> {
        if self.skip < 0 {
            return Some(("skip", "must be 0 or more"));
        }
        if !(1..=MAX_LIMIT).contains(&self.limit) {
            return Some(("limit", "must be between 1 and 1000"));
        }
        None
    }
}
