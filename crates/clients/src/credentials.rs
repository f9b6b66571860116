//! Calls credentials: the release of a secret to who may use it.

use common::model::credential::{ReleaseForStep, ReleaseForTest, Released};
use common::secret::Secret;

use crate::http::{ClientError, Http, TokenSource};

/// Client of the credentials service.
#[derive(Clone, Debug)]
pub struct CredentialsClient(Http);

impl CredentialsClient {
    /// Calls credentials at `base`.
    pub fn new(client: reqwest::Client, base: &str, tokens: TokenSource) -> Self {
        Self(Http::new(client, base, "credentials", tokens))
    }

    /// The secret of a step that this executor holds.
    pub async fn release_for_step(
        &self,
        request: &ReleaseForStep,
    ) -> Result<Released, ClientError> {
        self.0.post("/internal/releases/step", request).await
    }

    /// The secret of a target that a person tests.
    pub async fn release_for_test(
        &self,
        request: &ReleaseForTest,
        on_behalf: &Secret<String>,
    ) -> Result<Released, ClientError> {
        self.0
            .post_for("/internal/releases/test", request, on_behalf)
            .await
    }
}
