//! Opens the vault at the start, and keeps its keys in step with files and database.

use std::sync::Arc;
use std::time::Duration;

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
    if let Err(error) = refresh(app).await {
        warn!("The vault stays sealed until the database answers: {error}");
    }
    let app = Arc::clone(app);
    reconcile::every(&kit.tasks, "vault", PERIOD, Hint::default(), move || {
        let app = Arc::clone(&app);
        async move { refresh(&app).await.map_err(ApiError::from) }
    });
}

async fn refresh(app: &App) -> Result<(), Error> {
    let mut conn = app.db.acquire().await?;
    app.vault.refresh(&mut conn).await
}
