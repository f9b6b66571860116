//! Goes on with moves whose port manager has ended.

use std::sync::Arc;
use std::time::Duration;

use service_kit::reconcile::{Hint, every};
use service_kit::service::Kit;

use crate::app::Shared;
use crate::domain::relocation;
use crate::error::Error;
use crate::store;

/// How often moves without a leader are looked for.
const PERIOD: Duration = Duration::from_secs(2);

/// Looks until the process stops.
pub(super) fn start(kit: &Kit, app: &Shared) {
    let app = Arc::clone(app);
    every(&kit.tasks, "moves", PERIOD, Hint::default(), move || {
        let app = Arc::clone(&app);
        async move {
            relocation::recover(&app).await?;
            let mut conn = app.store.acquire().await?;
            store::gateways::forget(&mut conn).await?;
            Ok::<_, Error>(())
        }
    });
}
