//! Starting a service again.

use serde_json::{Map, json};

use crate::app::App;
use crate::domain::ledger::{Actor, Ledger};
use crate::domain::relocation::place_of;
use crate::domain::target;
use crate::error::Error;

/// Starts a service again: through the Hub if that takes it, else by the service itself. Tells who does it.
///
/// # Errors
/// When there is no such service, or neither does it.
pub async fn restart(
    app: &App,
    actor: Actor<'_>,
    suite: Option<&str>,
    name: &str,
) -> Result<String, Error> {
    let (suite, service) = {
        let mut conn = app.store.acquire().await?;
        let suite = target::suite(&mut conn, suite).await?;
        let service = target::service(&mut conn, &suite, name).await?;
        (suite, service)
    };
    let hub = &app.config.hub;
    let path = format!("/api/v1/services/{}/restart", service.name);
    let taken = hub.enabled && app.probe.tell(&hub.url, &path, &json!({})).await.is_ok();
    let by = if taken {
        "started by the Hub"
    } else {
        let port = service
            .port
            .ok_or_else(|| Error::NoPort(service.name.clone()))?;
        let asked = app
            .probe
            .restart(&place_of(app, &suite, &service, port))
            .await;
        asked.map_err(|refusal| Error::NotRestarted(service.name.clone(), refusal.to_string()))?;
        "by itself"
    };
    let mut ledger = Ledger::begin(app, actor).await?;
    let facts = Map::from_iter([
        ("suite".to_owned(), json!(suite.name)),
        ("by".to_owned(), json!(by)),
    ]);
    ledger.note("service.restarted", ("service", &service.name), facts);
    ledger.commit().await?;
    Ok(by.to_owned())
}
