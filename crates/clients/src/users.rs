//! Calls users: passwords and identities (auth only).

use common::id::UserId;
use common::model::user::{User, UserChanges};
use common::secret::Secret;
use serde_json::json;

use crate::address::Base;
use crate::http::{ClientError, Http, TokenSource};

/// Client of the users service.
#[derive(Clone, Debug)]
pub struct UsersClient(Http);

impl UsersClient {
    /// Calls users at `base`.
    pub fn new(client: reqwest::Client, base: impl Into<Base>, tokens: TokenSource) -> Self {
        Self(Http::new(client, base, "users", tokens))
    }

    /// The user, if name and password fit; a wrong one is refused with 401.
    pub async fn check_password(
        &self,
        username: &str,
        password: &Secret<String>,
    ) -> Result<User, ClientError> {
        let body = json!({"username": username, "password": password.expose()});
        self.0.post("/internal/password-checks", &body).await
    }

    /// The user; unknown is refused with 404.
    pub async fn get(&self, id: UserId) -> Result<User, ClientError> {
        self.0.get(&format!("/internal/users/{id}")).await
    }

    /// Changes of identities after the position `after`.
    pub async fn changes(&self, after: i64) -> Result<UserChanges, ClientError> {
        self.0
            .get(&format!("/internal/changes?after={after}"))
            .await
    }
}
