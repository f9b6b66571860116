//! Asks nginx which generation it serves.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Longest wait for a new generation to answer.
pub const CONFIRM_TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);
const POLL: Duration = Duration::from_millis(20);

/// Asks on the loopback port that only the gateway uses.
#[derive(Clone, Debug)]
pub struct Probe {
    client: reqwest::Client,
    url: String,
}

impl Probe {
    /// Asks on `admin_port`.
    pub fn new(client: reqwest::Client, admin_port: u16) -> Self {
        Self {
            client,
            url: format!("http://127.0.0.1:{admin_port}/__opsc/generation"),
        }
    }

    /// The generation that answers, if any does.
    pub async fn served(&self) -> Option<u64> {
        // A kept connection could still lead to a worker of an earlier generation.
        let request = self.client.get(&self.url).header("connection", "close");
        let answer = request.timeout(ANSWER_TIMEOUT).send().await.ok()?;
        answer.text().await.ok()?.trim().parse().ok()
    }

    /// Waits until `generation` answers; `false` when it does not in time or `is_alive` fails.
    pub async fn confirm(&self, generation: u64, mut is_alive: impl FnMut() -> bool) -> bool {
        let deadline = Instant::now() + CONFIRM_TIMEOUT;
        while Instant::now() < deadline && is_alive() {
            if self.served().await == Some(generation) {
                return true;
            }
            sleep(POLL).await;
        }
        false
    }
}
