//! Calls targets: names to snapshots.

use common::model::target::{ResolveTargets, ResolvedTargets, TargetSelector};

use crate::address::Base;
use crate::http::{ClientError, Http, TokenSource};

/// Client of the targets service.
#[derive(Clone, Debug)]
pub struct TargetsClient(Http);

impl TargetsClient {
    /// Calls targets at `base`.
    pub fn new(client: reqwest::Client, base: impl Into<Base>, tokens: TokenSource) -> Self {
        Self(Http::new(client, base, "targets", tokens))
    }

    /// Snapshots of the named targets and of the selected ones; unknown names are left out.
    pub async fn resolve(
        &self,
        names: &[String],
        selector: Option<TargetSelector>,
    ) -> Result<ResolvedTargets, ClientError> {
        let request = ResolveTargets {
            names: names.to_vec(),
            selector,
        };
        self.0.post("/internal/targets/resolve", &request).await
    }
}
