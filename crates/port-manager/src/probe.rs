//! Talks to managed services: health, change of port, restart. Services are called by address.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use clients::http::is_refused;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::health::{Check, Verdict};
use crate::gateway::{self, Report};
use crate::partner;

/// Most bytes of an answer that are looked at.
const MAX_ANSWER: usize = 64 * 1024;
/// Most bytes of a list of services.
const MAX_LIST: usize = 4 << 20;
/// Most characters of a name.
const MAX_NAME: usize = 100;
/// Longest wait for a service that changes its port or restarts.
const ACT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where a service should answer.
#[derive(Clone, Debug)]
pub struct Place {
    /// Name of the service.
    pub name: String,
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path of its health.
    pub health_path: String,
}

impl Place {
    /// The same service on another port.
    #[must_use]
    pub fn on(&self, port: u16) -> Self {
        Self {
            port,
            ..self.clone()
        }
    }

    /// Address of a path there.
    pub fn url(&self, path: &str) -> String {
        let host = &self.host;
        if host.contains(':') {
            format!("http://[{host}]:{}{path}", self.port)
        } else {
            format!("http://{host}:{}{path}", self.port)
        }
    }
}

/// Why a service did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing listens there.
    NotRunning,
    /// It answered otherwise, or not at all; in words.
    Failed(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotRunning => f.write_str("nothing listens there"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// Asks services.
pub struct Probe {
    http: reqwest::Client,
    health_timeout: Duration,
}

/// What a health answer may say of its sender.
#[derive(Deserialize)]
struct Said {
    service_id: Option<Value>,
    service: Option<Value>,
}

impl Probe {
    /// Makes it.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn new(health_timeout: Duration) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(3))
            .timeout(ACT_TIMEOUT)
            // A service that moved must not be asked over an old connection.
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Self {
            http,
            health_timeout,
        })
    }

    /// Checks whether a service is well, and whether it is the right one.
    pub async fn health(&self, place: &Place) -> Check {
        let began = Instant::now();
        let asked = self.ask_health(place);
        let bad = |detail: String| Check {
            verdict: Verdict::Bad,
            latency_ms: None,
            identity: None,
            detail,
        };
        let (status, body) = match tokio::time::timeout(self.health_timeout, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return bad(describe(&error)),
            Err(_elapsed) => {
                return bad(format!(
                    "accepts no request or gives no answer within {} ms",
                    self.health_timeout.as_millis()
                ));
            }
        };
        let latency_ms = u32::try_from(began.elapsed().as_millis()).ok();
        let said: Option<Said> = serde_json::from_slice(&body).ok();
        let word = |value: Option<Value>| {
            value.and_then(|value| value.as_str().map(|text| printable(text, MAX_NAME)))
        };
        let (id, label) = said.map_or((None, None), |said| {
            (word(said.service_id), word(said.service))
        });
        let (verdict, detail) = match &id {
            Some(other) if *other != place.name => {
                (Verdict::Bad, format!("answers, but as {other}"))
            }
            _ => judge(status),
        };
        Check {
            verdict,
            latency_ms,
            identity: id.or(label),
            detail,
        }
    }

    async fn ask_health(&self, place: &Place) -> Result<(StatusCode, Vec<u8>), reqwest::Error> {
        let answer = self.http.get(place.url(&place.health_path)).send().await?;
        let status = answer.status();
        Ok((status, read(answer, MAX_ANSWER).await?))
    }

    /// Tells a running service to listen on another port.
    ///
    /// # Errors
    /// When it is not there, or does not do it.
    pub async fn update_port(
        &self,
        place: &Place,
        new_port: u16,
        timestamp: i64,
    ) -> Result<(), Refusal> {
        let body = json!({
            "new_port": new_port, "old_port": place.port, "timestamp": timestamp, "source": "port-manager",
        });
        self.act(&place.url("/api/config/update-port"), &body).await
    }

    /// Tells a running service to start again.
    ///
    /// # Errors
    /// When it is not there, or does not do it.
    pub async fn restart(&self, place: &Place) -> Result<(), Refusal> {
        self.act(&place.url("/api/admin/restart"), &json!({})).await
    }

    /// Tells a partner something.
    ///
    /// # Errors
    /// When it does not take it; in words.
    pub async fn tell(&self, base: &str, path: &str, body: &Value) -> Result<(), Refusal> {
        let url = format!("{}{path}", base.trim_end_matches('/'));
        match self.http.post(url).json(body).send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(Refusal::Failed(format!(
                "it answered {}",
                answer.status().as_u16()
            ))),
            Err(error) if is_refused(&error) => Err(Refusal::NotRunning),
            Err(error) => Err(Refusal::Failed(describe(&error))),
        }
    }

    /// Asks the Hub which services it knows, by name.
    ///
    /// # Errors
    /// When it does not say; in words.
    pub async fn discover(&self, base: &str) -> Result<BTreeSet<String>, Refusal> {
        let body = self
            .fetch(base, partner::DISCOVER, (MAX_LIST, ACT_TIMEOUT))
            .await?;
        names(&body).ok_or_else(|| Refusal::Failed("its list cannot be read".to_owned()))
    }

    /// Asks the gateway where it passes requests.
    ///
    /// # Errors
    /// When it does not say; in words.
    pub async fn ask_gateway(&self, base: &str) -> Result<Report, Refusal> {
        let limits = (MAX_ANSWER, self.health_timeout);
        let body = self.fetch(base, gateway::UPSTREAMS, limits).await?;
        Report::read(&body).ok_or_else(|| Refusal::Failed("its answer cannot be read".to_owned()))
    }

    /// What is found at a path, if it is found.
    async fn fetch(
        &self,
        base: &str,
        path: &str,
        (most, timeout): (usize, Duration),
    ) -> Result<Vec<u8>, Refusal> {
        let url = format!("{}{path}", base.trim_end_matches('/'));
        let failed = |error: reqwest::Error| Refusal::Failed(describe(&error));
        let answer = self.http.get(url).timeout(timeout).send().await;
        let answer = answer.map_err(failed)?;
        if !answer.status().is_success() {
            let status = answer.status().as_u16();
            return Err(Refusal::Failed(format!("it answered {status}")));
        }
        read(answer, most).await.map_err(failed)
    }

    async fn act(&self, url: &str, body: &Value) -> Result<(), Refusal> {
        match self.http.post(url).json(body).send().await {
            Ok(answer) if answer.status() == StatusCode::OK => Ok(()),
            Ok(answer) => Err(Refusal::Failed(format!(
                "it answered {}",
                answer.status().as_u16()
            ))),
            Err(error) if is_refused(&error) => Err(Refusal::NotRunning),
            Err(error) => Err(Refusal::Failed(describe(&error))),
        }
    }
}

/// The start of an answer: hardly more than `most` bytes.
async fn read(mut answer: reqwest::Response, most: usize) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > most {
            break;
        }
    }
    Ok(body)
}

/// The names in a list of services: words, or objects with a `service_id`; bare or as `services`.
fn names(body: &[u8]) -> Option<BTreeSet<String>> {
    let said: Value = serde_json::from_slice(body).ok()?;
    let list = said.get("services").unwrap_or(&said).as_array()?;
    let name = |item: &Value| {
        let name = item.get("service_id").unwrap_or(item).as_str()?;
        Some(printable(name, MAX_NAME)).filter(|name| !name.is_empty())
    };
    Some(list.iter().filter_map(name).collect())
}

fn judge(status: StatusCode) -> (Verdict, String) {
    match status {
        StatusCode::OK => (Verdict::Good, "answers 200".to_owned()),
        StatusCode::TOO_MANY_REQUESTS => {
            (Verdict::Poor, "answers 429, it is overloaded".to_owned())
        }
        other => (Verdict::Bad, format!("answers {}", other.as_u16())),
    }
}

fn describe(error: &reqwest::Error) -> String {
    if is_refused(error) {
        "refuses connections: nothing listens there".to_owned()
    } else if error.is_timeout() {
        "gives no answer in time".to_owned()
    } else if error.is_connect() {
        "cannot be reached".to_owned()
    } else {
        "ends the connection without a whole answer".to_owned()
    }
}

/// The start of a text, on one line.
pub(crate) fn printable(text: &str, most: usize) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(most)
        .collect()
}
