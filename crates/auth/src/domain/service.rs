//! Tokens with which services call each other.

use common::model::session::ServiceToken;
use common::secret::{Secret, constant_time_eq};
use sha2::{Digest, Sha256};
use tracing::warn;

use crate::app::App;
use crate::domain::{rotation, token};
use crate::error::Error;

/// The services of the platform.
const SERVICES: [&str; 8] = [
    "auth",
    "users",
    "credentials",
    "targets",
    "jobs",
    "executor",
    "port-manager",
    "gateway",
];

/// Signs a token for `service` to call `audience` with, if `secret` proves that it is `service`.
///
/// # Errors
/// [`Error::ServiceRefused`], whatever it is that does not fit.
pub async fn issue(
    app: &App,
    service: &str,
    audience: &str,
    secret: &Secret<String>,
) -> Result<ServiceToken, Error> {
    let known = |name: &str| SERVICES.iter().copied().find(|known| *known == name);
    let (Some(service), Some(audience)) = (known(service), known(audience)) else {
        return Err(Error::ServiceRefused);
    };
    let expected = read_secret(app, service)
        .await
        .ok_or(Error::ServiceRefused)?;
    // Equal lengths, so that comparing tells nothing about the length either.
    let digest = |text: &Secret<String>| Sha256::digest(text.expose().as_bytes());
    if !constant_time_eq(&digest(&expected), &digest(secret)) {
        warn!(
            service,
            "A caller that says it is {service} has a wrong secret"
        );
        return Err(Error::ServiceRefused);
    }
    rotation::ensure(app).await?;
    Ok(ServiceToken {
        access_token: token::sign_for_service(&app.keys, service, audience, app.clock.now())?,
        expires_in: token::SERVICE_TTL_SECONDS,
    })
}

/// Reads the secret each time, so that a new one counts at once.
async fn read_secret(app: &App, service: &str) -> Option<Secret<String>> {
    let path = app
        .config
        .service_secrets_dir
        .join(format!("service_{service}"));
    let text = Secret::new(tokio::fs::read_to_string(path).await.ok()?);
    let secret = text.expose().trim();
    (!secret.is_empty()).then(|| Secret::new(secret.to_owned()))
}
