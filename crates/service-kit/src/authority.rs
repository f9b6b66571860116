//! Where a service learns which keys sign tokens and which tokens have ended.

use clients::auth::AuthClient;
use common::model::session::Revocations;
use common::token::Jwks;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::error::ApiError;

/// Knows keys, revocations and sessions: auth over HTTP, or auth's own database in auth itself.
pub trait Authority: Send + Sync {
    /// The published keys.
    fn jwks(&self) -> BoxFuture<'_, Result<Jwks, ApiError>>;

    /// Revocations after the position `after`, in order.
    fn revocations(&self, after: i64) -> BoxFuture<'_, Result<Revocations, ApiError>>;

    /// Whether tokens of the session and version may still be used, read from the truth.
    fn session_active<'a>(
        &'a self,
        sid: &'a str,
        token_version: i64,
    ) -> BoxFuture<'a, Result<bool, ApiError>>;
}

/// Auth, asked over HTTP: keys without a token, the rest with the service's own.
#[derive(Clone, Debug)]
pub struct RemoteAuthority {
    /// Calls without a token.
    pub anonymous: AuthClient,
    /// Calls with this service's token.
    pub as_service: AuthClient,
}

impl Authority for RemoteAuthority {
    fn jwks(&self) -> BoxFuture<'_, Result<Jwks, ApiError>> {
        async { Ok(self.anonymous.jwks().await?) }.boxed()
    }

    fn revocations(&self, after: i64) -> BoxFuture<'_, Result<Revocations, ApiError>> {
        async move { Ok(self.as_service.revocations(after).await?) }.boxed()
    }

    fn session_active<'a>(
        &'a self,
        sid: &'a str,
        token_version: i64,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        async move {
            Ok(self
                .as_service
                .session_state(sid, token_version)
                .await?
                .active)
        }
        .boxed()
    }
}
