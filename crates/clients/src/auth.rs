//! Calls auth: keys, revocations, sessions, service tokens.

use common::model::session::{Revocations, ServiceToken, SessionState};
use common::secret::Secret;
use common::token::Jwks;
use serde_json::json;

use crate::address::Base;
use crate::http::{ClientError, Http, TokenSource};

/// Client of the auth service.
#[derive(Clone, Debug)]
pub struct AuthClient(Http);

impl AuthClient {
    /// Calls auth at `base`.
    pub fn new(client: reqwest::Client, base: impl Into<Base>, tokens: TokenSource) -> Self {
        Self(Http::new(client, base, "auth", tokens))
    }

    /// The published keys.
    pub async fn jwks(&self) -> Result<Jwks, ClientError> {
        self.0.get("/.well-known/jwks.json").await
    }

    /// Revocations after the position `after`.
    pub async fn revocations(&self, after: i64) -> Result<Revocations, ClientError> {
        self.0
            .get(&format!("/internal/revocations?after={after}"))
            .await
    }

    /// Whether the session may still be used by tokens of this version.
    pub async fn session_state(&self, sid: &str, tv: i64) -> Result<SessionState, ClientError> {
        self.0
            .get(&format!("/internal/sessions/{sid}?token_version={tv}"))
            .await
    }

    /// A token for `service` to call `audience` with.
    pub async fn service_token(
        &self,
        service: &str,
        audience: &str,
        secret: &Secret<String>,
    ) -> Result<ServiceToken, ClientError> {
        let body = json!({"service": service, "audience": audience, "secret": secret.expose()});
        self.0.post("/internal/service-tokens", &body).await
    }
}
