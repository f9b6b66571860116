//! Starting a service again.

use clients::listeners::ListenersClient;
use serde_json::{Map, json};

use crate::app::App;
use crate::domain::ledger::{Actor, Ledger};
use crate::domain::record::{Service, Suite, platform_name};
use crate::domain::relocation::place_of;
use crate::domain::target;
use crate::error::Error;
use crate::probe::Place;

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
    let by = if let Some(own) = platform_name(&suite.name, &service.name) {
        restart_own(app, (&suite, &service), own).await?;
        "by itself"
    } else if ask_hub(app, &service.name).await {
        "started by the Hub"
    } else {
        let place = place(app, &suite, &service)?;
        let asked = app.probe.restart(&place).await;
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

fn place(app: &App, suite: &Suite, service: &Service) -> Result<Place, Error> {
    let port = service.port;
    let port = port.ok_or_else(|| Error::NoPort(service.name.clone()))?;
    Ok(place_of(app, suite, service, port))
}

/// Whether the Hub takes it on itself.
async fn ask_hub(app: &App, name: &str) -> bool {
    let hub = &app.config.hub;
    let path = format!("/api/v1/services/{name}/restart");
    hub.enabled && app.probe.tell(&hub.url, &path, &json!({})).await.is_ok()
}

/// Has one of our own services start anew in its place.
async fn restart_own(
    app: &App,
    (suite, service): (&Suite, &Service),
    name: &'static str,
) -> Result<(), Error> {
    let base = place(app, suite, service)?.url("");
    let (http, tokens) = (app.http.clone(), app.tokens.clone());
    let client = ListenersClient::new(http, base.as_str(), name, tokens);
    let asked = client.restart().await;
    asked.map_err(|error| Error::NotRestarted(service.name.clone(), error.to_string()))?;
    Ok(())
}
