//! The one shape of an error answer: `application/problem+json` (RFC 9457).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Media type of an error answer.
pub const CONTENT_TYPE: &str = "application/problem+json";

/// What went wrong, for a person (`detail`) and for a program (`code`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` tells kinds apart.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: String,
    /// The HTTP status in words.
    #[schema(example = "Conflict")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// What happened and what would be right, in a sentence.
    #[schema(example = "a target named web-1 exists already")]
    pub detail: String,
    /// Stable name of the condition.
    #[schema(example = "targets.name_taken")]
    pub code: String,
    /// Finds this request in the logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The fields that are at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// One field at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Path of the field in the body or query, such as `steps[0].target`.
    #[schema(example = "port")]
    pub field: String,
    /// Stable name of the fault.
    #[schema(example = "out_of_range")]
    pub code: String,
    /// What would be right.
    #[schema(example = "must be between 1 and 65535")]
    pub detail: String,
}

impl FieldError {
    /// A fault of `field`.
    pub fn new(
        field: impl Into<String>,
        code: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            code: code.into(),
            detail: detail.into(),
        }
    }
}
