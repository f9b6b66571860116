//! How every service is, asked all at once and remembered for a moment.

use std::collections::BTreeMap;
use std::time::Duration;

use clients::address::Base;
use common::model::service::Health;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use service_kit::service::Kit;
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
    services: Vec<(&'static str, Base)>,
    edge: EdgeState,
    last: Mutex<Option<(Instant, Platform)>>,
}

impl Overview {
    /// Asks the services at `addresses`, which are in the order of [`SERVICES`], or where they moved to.
    pub fn new(kit: &Kit, addresses: &[Address], edge: EdgeState) -> Self {
        let services = SERVICES.iter().zip(addresses);
        let services = services
            .map(|(service, address)| (service.name, kit.base(service.name, &address.url())));
        Self {
            client: kit.http.clone(),
            services: services.collect(),
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
        let answers = join_all(self.services.iter().map(|(_, base)| self.ask(base))).await;
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

    async fn ask(&self, base: &Base) -> &'static str {
        let url = format!("{}/health", base.url());
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
