//! Calls targets: names to snapshots.

use common::model::target::{ResolveTargets, ResolvedTargets};

use crate::http::{ClientError, Http, TokenSource};

/// Client of the targets service.
#[derive(Clone, Debug)]
pub struct TargetsClient(Http);

impl TargetsClient {
    /// Calls targets at `base`.
    pub fn new(client: reqwest::Client, base: &str, tokens: TokenSource) -> Self {
        Self(Http::new(client, base, "targets", tokens))
    }

    /// Snapshots of the named targets; names that are unknown are left out.
    pub async fn resolve(&self, names: &[String]) -> Result<ResolvedTargets, ClientError> {
        let request = ResolveTargets {
            names: names.to_vec(),
        };
        self.0.post("/internal/targets/resolve", &request).await
    }
}
