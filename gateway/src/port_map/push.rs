//! Brings the port map to nginx, on the loopback port that only the gateway uses.

use std::time::Duration;

use common::secret::Secret;

use crate::error::Error;

const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);
/// Header in which nginx is shown the key.
const KEY: &str = "x-opsc-key";

/// Talks to nginx.
pub(super) struct Push {
    client: reqwest::Client,
    url: String,
    key: Secret<String>,
}

impl Push {
    pub(super) fn new(client: reqwest::Client, admin_port: u16, key: Secret<String>) -> Self {
        Self {
            client,
            url: format!("http://127.0.0.1:{admin_port}/__opsc/ports"),
            key,
        }
    }

    /// The map that nginx follows, if it answers.
    pub(super) async fn served(&self) -> Option<String> {
        let request = self.client.get(&self.url).header(KEY, self.key.expose());
        let answer = request.timeout(ANSWER_TIMEOUT).send().await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        answer.text().await.ok()
    }

    /// Has nginx follow another map from the next request on.
    pub(super) async fn push(&self, text: &str) -> Result<(), Error> {
        let request = self.client.put(&self.url).header(KEY, self.key.expose());
        let request = request.timeout(ANSWER_TIMEOUT).body(text.to_owned());
        let answer = request.send().await;
        let answer = answer.map_err(|error| Error::PortMap(error.to_string()))?;
        if answer.status().is_success() {
            return Ok(());
        }
        let status = answer.status();
        let said = answer.text().await.unwrap_or_default();
        Err(Error::PortMap(format!("{status}: {}", said.trim())))
    }
}
