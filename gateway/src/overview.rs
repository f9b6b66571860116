//! How every service is, asked all at once and remembered for a moment.

use std::collections::BTreeMap;
use std::time::Duration;

use common::model::service::Health;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::services::{Address, SERVICES};
use crate::state::EdgeState;

/// How long an answer is good for.
const FRESH: Duration = Duration::from_secs(1);
/// Longest wait for one service.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// Health of the whole platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Platform {
    /// `healthy`, `degraded` (some service cannot work) or `unhealthy` (none can).
    #[schema(example = "healthy")]
    pub status: String,
    /// Always `gateway`.
    #[schema(example = "gateway")]
    pub service: String,
    /// Each service: `healthy`, `unhealthy`, or `unavailable` when it does not answer.
    pub services: BTreeMap<String, String>,
}

/// Asks the services.
#[derive(Debug)]
pub struct Overview {
    client: reqwest::Client,
    services: Vec<(&'static str, String)>,
    edge: EdgeState,
    last: Mutex<Option<(Instant, Platform)>>,
}

impl Overview {
    /// Asks the services at `addresses`, which are in the order of [`SERVICES`].
    pub fn new(client: reqwest::Client, addresses: &[Address], edge: EdgeState) -> Self {
        let urls = addresses
            .iter()
            .map(|address| format!("{}/health", address.url()));
        let services = SERVICES
            .iter()
            .map(|service| service.name)
            .zip(urls)
            .collect();
        Self {
            client,
            services,
            edge,
            last: Mutex::default(),
        }
    }

    /// Health now, or of at most a second ago; callers at the same time share one answer.
    pub async fn report(&self) -> Platform {
        let mut last = self.last.lock().await;
        if let Some((at, platform)) = &*last
            && at.elapsed() < FRESH
        {
            return platform.clone();
        }
        let answers = join_all(self.services.iter().map(|(_, url)| self.ask(url))).await;
        let names = self.services.iter().map(|(name, _)| (*name).to_owned());
        let services: BTreeMap<String, String> =
            names.zip(answers.into_iter().map(str::to_owned)).collect();
        let healthy = services
            .values()
            .filter(|answer| *answer == "healthy")
            .count();
        let status = match (healthy, self.edge.check()) {
            (count, Ok(())) if count == services.len() => "healthy",
            (0, _) => "unhealthy",
            (_, Ok(()) | Err(_)) => "degraded",
        };
        let platform = Platform {
            status: status.to_owned(),
            service: "gateway".to_owned(),
            services,
        };
        *last = Some((Instant::now(), platform.clone()));
        platform
    }

    async fn ask(&self, url: &str) -> &'static str {
        let Ok(answer) = self.client.get(url).timeout(ANSWER_TIMEOUT).send().await else {
            return "unavailable";
        };
        let said = answer.status().is_success();
        match answer.json::<Health>().await {
            Ok(health) if said && health.status == "healthy" => "healthy",
            Ok(_) | Err(_) => "unhealthy",
        }
    }
}
