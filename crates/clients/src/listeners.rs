//! Calls what every service answers about its ports (port manager only).

use common::model::port::{Done, ListenerReport, PortOrder};
use serde::Serialize;

use crate::address::Base;
use crate::http::{ClientError, Http, TokenSource};

#[derive(Serialize)]
struct Empty {}

/// Client of a service's listeners.
#[derive(Clone, Debug)]
pub struct ListenersClient(Http);

impl ListenersClient {
    /// Calls `service` at `base`.
    pub fn new(
        client: reqwest::Client,
        base: impl Into<Base>,
        service: &'static str,
        tokens: TokenSource,
    ) -> Self {
        Self(Http::new(client, base, service, tokens))
    }

    /// Where it listens.
    pub async fn report(&self) -> Result<ListenerReport, ClientError> {
        self.0.get("/internal/ports").await
    }

    /// Has it serve on a further port.
    pub async fn prepare(&self, order: PortOrder) -> Result<ListenerReport, ClientError> {
        self.0.post("/internal/ports/prepare", &order).await
    }

    /// Makes a prepared port that of the service; it drains the others.
    pub async fn commit(&self, order: PortOrder) -> Result<ListenerReport, ClientError> {
        self.0.post("/internal/ports/commit", &order).await
    }

    /// Has it start anew.
    pub async fn restart(&self) -> Result<Done, ClientError> {
        self.0.post("/api/admin/restart", &Empty {}).await
    }

    /// Takes a prepared port back.
    pub async fn abort(&self, order: PortOrder) -> Result<ListenerReport, ClientError> {
        self.0.post("/internal/ports/abort", &order).await
    }
}
