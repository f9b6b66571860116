//! Opens the vault at the start, and keeps its keys in step with files and database.

use std::sync::Arc;
use std::time::Duration;

use service_kit::audit::{self, Entry};
use service_kit::error::ApiError;
use service_kit::reconcile::{self, Hint};
use service_kit::service::Kit;
use tracing::warn;

use crate::app::App;
use crate::domain::vault::State;
use crate::error::Error;

/// How often the key files are looked at again.
const PERIOD: Duration = Duration::from_secs(10);

/// Tries to open the vault, and starts the loop that goes on trying; health tells how it went.
pub async fn start(kit: &Kit, app: &Arc<App>) {
    let watched = Arc::clone(app);
    kit.health.add(
        "vault",
        Arc::new(move || {
            let state = watched.vault.state();
            Box::pin(async move {
                match state {
                    State::Open => Ok(()),
                    State::Sealed(_why) => Err("sealed".to_owned()),
                }
            })
        }),
    );
    let mut told = Told::default();
    if let Err(error) = refresh(app, &mut told).await {
        warn!("The vault stays sealed until the database answers: {error}");
    }
    let app = Arc::clone(app);
    let told = Arc::new(tokio::sync::Mutex::new(told));
    reconcile::every(&kit.tasks, "vault", PERIOD, Hint::default(), move || {
        let (app, told) = (Arc::clone(&app), Arc::clone(&told));
        async move {
            let mut told = told.lock().await;
            refresh(&app, &mut told).await.map_err(ApiError::from)
        }
    });
}

/// What the audit log knows of this vault.
#[derive(Default, PartialEq, Eq)]
enum Told {
    #[default]
    Sealed,
    Open,
}

async fn refresh(app: &App, told: &mut Told) -> Result<(), Error> {
    let mut conn = app.db.acquire().await?;
    app.vault.refresh(&mut conn).await?;
    let (present, action) = match app.vault.state() {
        State::Open => (Told::Open, "vault.opened"),
        State::Sealed(_why) => (Told::Sealed, "vault.sealed"),
    };
    if *told != present {
        audit::record(&mut conn, Entry::by_system("credentials", action)).await?;
        *told = present;
    }
    Ok(())
}
