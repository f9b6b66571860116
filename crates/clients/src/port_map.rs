//! Calls the port manager for the port map (gateway only).

use common::model::port::{GatewayState, PortMap};

use crate::address::Base;
use crate::http::{ClientError, Http, TokenSource};

/// Client of the port map.
#[derive(Clone, Debug)]
pub struct PortMapClient(Http);

impl PortMapClient {
    /// Calls the port manager at `base`.
    pub fn new(client: reqwest::Client, base: impl Into<Base>, tokens: TokenSource) -> Self {
        Self(Http::new(client, base, "port-manager", tokens))
    }

    /// Says which map the gateway serves, and asks for the newest one.
    pub async fn exchange(&self, state: &GatewayState) -> Result<PortMap, ClientError> {
        self.0.post("/internal/port-map", state).await
    }
}
