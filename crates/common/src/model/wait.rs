//! What steps wait for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a `wait` step waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitSpec {
    /// One thing.
    #[serde(rename = "for")]
    pub awaited: Awaited,
}

/// What may be waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Awaited {
    /// So many seconds pass.
    Seconds(u32),
    /// A TCP port takes connections.
    Port(AwaitedPort),
    /// An address answers over HTTP.
    Http(AwaitedHttp),
}

/// A port that is to take connections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwaitedPort {
    /// Host name or address; none: that of the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Port.
    pub port: u16,
}

/// An address that is to answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwaitedHttp {
    /// Address, `http://` or `https://`.
    pub url: String,
    /// The status that counts; none: any from 200 to 299.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_status: Option<u16>,
}
