//! Calls jobs: the runs that steps start.

use common::model::run::{Child, StartChild};

use crate::address::Base;
use crate::http::{ClientError, Http, TokenSource};

/// Client of the jobs service.
#[derive(Clone, Debug)]
pub struct JobsClient(Http);

impl JobsClient {
    /// Calls jobs at `base`.
    pub fn new(client: reqwest::Client, base: impl Into<Base>, tokens: TokenSource) -> Self {
        Self(Http::new(client, base, "jobs", tokens))
    }

    /// The run of a step that this executor holds; started by the first call of each try.
    pub async fn child(&self, request: &StartChild) -> Result<Child, ClientError> {
        self.0.post("/internal/runs/child", request).await
    }
}
