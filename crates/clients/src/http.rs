//! The one way in which services call each other: bounded in time and size, no redirects.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use common::problem::Problem;
use common::secret::Secret;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::address::Base;
use crate::auth::AuthClient;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 1 << 20;
/// Header that carries the token of the person on whose behalf a service calls.
pub const ON_BEHALF_HEADER: &str = "x-opsc-on-behalf";

/// Why a call to another service gave no answer to work with.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The service cannot be reached, or answers that it cannot work now.
    #[error("{service} is unavailable: {reason}")]
    Unavailable {
        /// Which service.
        service: &'static str,
        /// For logs.
        reason: String,
    },
    /// The service refused the call.
    #[error("{service} answered {}: {}", problem.status, problem.code)]
    Refused {
        /// Which service.
        service: &'static str,
        /// What it said.
        problem: Box<Problem>,
    },
    /// The answer is not what the contract says.
    #[error("{service} gave an answer that cannot be read: {reason}")]
    Malformed {
        /// Which service.
        service: &'static str,
        /// For logs.
        reason: String,
    },
}

impl ClientError {
    /// The status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { problem, .. } => Some(problem.status),
            Self::Unavailable { .. } | Self::Malformed { .. } => None,
        }
    }
}

/// Makes the outbound client of a process; clones share its connections.
///
/// # Errors
/// When the TLS provider of the process is missing.
pub fn outbound() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        .pool_idle_timeout(Duration::from_secs(20))
        .build()
}

/// Where a service's own tokens come from.
#[derive(Clone, Debug)]
pub enum TokenSource {
    /// Calls go without a token.
    None,
    /// Asked of auth with the service's secret, and kept until shortly before they expire.
    Auth(Arc<ServiceTokens>),
    /// Made on the spot by a function from audience to token; auth itself does so.
    Local(LocalTokens),
}

/// A maker of tokens.
#[derive(Clone)]
pub struct LocalTokens(pub Arc<MakeToken>);

/// Audience in, token out.
pub type MakeToken = dyn Fn(&str) -> Option<String> + Send + Sync;

impl std::fmt::Debug for LocalTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LocalTokens")
    }
}

/// Keeps the tokens that this service calls others with.
#[derive(Debug)]
pub struct ServiceTokens {
    auth: AuthClient,
    service: &'static str,
    secret: Secret<String>,
    kept: Mutex<HashMap<&'static str, (String, Instant)>>,
}

impl ServiceTokens {
    /// Tokens for `service`, which proves itself with `secret`.
    pub fn new(auth: AuthClient, service: &'static str, secret: Secret<String>) -> Self {
        Self {
            auth,
            service,
            secret,
            kept: Mutex::default(),
        }
    }

    async fn token_for(&self, audience: &'static str) -> Result<String, ClientError> {
        let kept = self
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(audience)
            .cloned();
        if let Some((token, good_until)) = kept
            && Instant::now() < good_until
        {
            return Ok(token);
        }
        let fresh = self
            .auth
            .service_token(self.service, audience, &self.secret)
            .await?;
        let life = Duration::from_secs(u64::try_from(fresh.expires_in).unwrap_or(0) / 2);
        let entry = (fresh.access_token.clone(), Instant::now() + life);
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(audience, entry);
        Ok(fresh.access_token)
    }
}

/// Calls one service.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    base: Base,
    service: &'static str,
    tokens: TokenSource,
}

impl Http {
    /// Calls `service` at `base`.
    pub fn new(
        client: reqwest::Client,
        base: impl Into<Base>,
        service: &'static str,
        tokens: TokenSource,
    ) -> Self {
        Self {
            client,
            base: base.into(),
            service,
            tokens,
        }
    }

    /// GETs `path`.
    pub async fn get<A: DeserializeOwned>(&self, path: &str) -> Result<A, ClientError> {
        self.call(Method::GET, path, |request| request).await
    }

    /// POSTs `body` to `path`.
    pub async fn post<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<A, ClientError> {
        self.call(Method::POST, path, |request| request.json(body))
            .await
    }

    /// POSTs `body` to `path` for the person whose token is `on_behalf`.
    pub async fn post_for<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
        on_behalf: &Secret<String>,
    ) -> Result<A, ClientError> {
        self.call(Method::POST, path, |request| {
            request
                .header(ON_BEHALF_HEADER, on_behalf.expose())
                .json(body)
        })
        .await
    }

    async fn call<A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        fill: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<A, ClientError> {
        let token = self.token().await?;
        let send = async |base: &str| {
            let request = self.client.request(method.clone(), format!("{base}{path}"));
            let request = match &token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            fill(request).send().await
        };
        let base = self.base.url();
        let answer = match send(&base).await {
            // Nobody has seen the request, so that it can be sent once more.
            Err(error) if is_refused(&error) => match self.base.renewed(&base).await {
                Some(base) => send(&base).await,
                None => Err(error),
            },
            other => other,
        };
        self.take(answer.map_err(|error| self.unavailable(&chain(&error)))?)
            .await
    }

    async fn token(&self) -> Result<Option<String>, ClientError> {
        match &self.tokens {
            TokenSource::None => Ok(None),
            TokenSource::Auth(tokens) => Box::pin(tokens.token_for(self.service)).await.map(Some),
            TokenSource::Local(make) => match (make.0)(self.service) {
                Some(token) => Ok(Some(token)),
                None => Err(self.unavailable("no signing key")),
            },
        }
    }

    async fn take<A: DeserializeOwned>(&self, answer: Response) -> Result<A, ClientError> {
        let status = answer.status();
        let body = self.read(answer).await?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|error| ClientError::Malformed {
                service: self.service,
                reason: error.classify_for_log(),
            });
        }
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) if status != StatusCode::SERVICE_UNAVAILABLE => Err(ClientError::Refused {
                service: self.service,
                problem: Box::new(problem),
            }),
            _ => Err(self.unavailable(&format!("status {status}"))),
        }
    }

    async fn read(&self, mut answer: reqwest::Response) -> Result<Vec<u8>, ClientError> {
        let mut body = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| self.unavailable(&chain(&error)))?
        {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(ClientError::Malformed {
                    service: self.service,
                    reason: "answer is larger than 1 MiB".to_owned(),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn unavailable(&self, reason: &str) -> ClientError {
        ClientError::Unavailable {
            service: self.service,
            reason: reason.to_owned(),
        }
    }
}

/// What serde found, without the values: an answer can hold secrets.
trait ClassifyForLog {
    fn classify_for_log(&self) -> String;
}

impl ClassifyForLog for serde_json::Error {
    fn classify_for_log(&self) -> String {
        format!(
            "{:?} error at line {} column {}",
            self.classify(),
            self.line(),
            self.column()
        )
    }
}

/// Whether nothing listens at the address, so that the request was not sent.
pub fn is_refused(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return io.kind() == std::io::ErrorKind::ConnectionRefused;
        }
        source = cause.source();
    }
    false
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
