//! Calls credentials: the release of a secret to who may use it.

use std::collections::BTreeMap;

use common::model::credential::{
    Parcel, ReleaseForStep, ReleaseForTest, ReleaseParcel, Released, SealedParcel,
};
use common::secret::Secret;
use serde::Serialize;

use crate::address::Base;
use crate::http::{ClientError, Http, TokenSource};

/// What is to be sealed, in clear: this is the one place that writes it.
#[derive(Serialize)]
struct Clear<'a> {
    values: BTreeMap<&'a str, &'a str>,
}

/// Client of the credentials service.
#[derive(Clone, Debug)]
pub struct CredentialsClient(Http);

impl CredentialsClient {
    /// Calls credentials at `base`.
    pub fn new(client: reqwest::Client, base: impl Into<Base>, tokens: TokenSource) -> Self {
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

    /// Gives the secret parameters of a run into keeping; answers with the number of the parcel.
    pub async fn seal_parcel(&self, values: &BTreeMap<String, Secret>) -> Result<i64, ClientError> {
        let values = values
            .iter()
            .map(|(name, value)| (name.as_str(), value.expose().as_str()))
            .collect();
        let sealed: SealedParcel = self.0.post("/internal/parcels", &Clear { values }).await?;
        Ok(sealed.parcel_id)
    }

    /// The secret parameters of the run of a step that this executor holds.
    pub async fn release_parcel(&self, request: &ReleaseParcel) -> Result<Parcel, ClientError> {
        self.0.post("/internal/parcels/release", request).await
    }
}
