//! What the gate in front of this service's own routes learns from.

use std::sync::Arc;

use common::model::session::Revocations;
use common::token::Jwks;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use service_kit::authority::Authority;
use service_kit::error::ApiError;

use crate::app::App;
use crate::domain::{rotation, session};

/// The service's own keys and database.
pub struct OwnAuthority(pub Arc<App>);

impl Authority for OwnAuthority {
    fn jwks(&self) -> BoxFuture<'_, Result<Jwks, ApiError>> {
        async { Ok(rotation::published(&self.0).await?) }.boxed()
    }

    fn revocations(&self, after: i64) -> BoxFuture<'_, Result<Revocations, ApiError>> {
        async move { Ok(session::list_revocations(&self.0, after).await?) }.boxed()
    }

    fn session_active<'a>(
        &'a self,
        sid: &'a str,
        token_version: i64,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        async move { Ok(session::is_active(&self.0, sid, token_version).await?) }.boxed()
    }
}
