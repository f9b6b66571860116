//! What every service says of itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer of `GET /health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `healthy`, or `unhealthy` with the reasons in `checks`.
    #[schema(example = "healthy")]
    pub status: String,
    /// The service, such as `auth-service`.
    #[schema(example = "auth-service")]
    pub service: String,
    /// What it depends on, each `ok` or what is wrong.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub checks: std::collections::BTreeMap<String, String>,
    /// Its version, where its clients ask for it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its parts and how they are, where its clients ask for that.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub components: std::collections::BTreeMap<String, String>,
}

/// Answer of a delete and of other acts without a result of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// What was done.
    #[schema(example = "target web-1 deleted")]
    pub message: String,
}

impl Message {
    /// Says `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            message: text.into(),
        }
    }
}
