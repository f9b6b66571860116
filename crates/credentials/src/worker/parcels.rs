//! Removes secret parameters of runs that ended long ago.

use std::sync::Arc;
use std::time::Duration;

use service_kit::reconcile::{self, Hint};
use service_kit::service::Kit;

use crate::app::App;
use crate::domain::parcel;

/// How often it is looked for them.
const PERIOD: Duration = Duration::from_secs(600);

/// Starts the loop.
pub fn start(kit: &Kit, app: &Arc<App>) {
    let app = Arc::clone(app);
    reconcile::every(&kit.tasks, "parcels", PERIOD, Hint::default(), move || {
        let app = Arc::clone(&app);
        async move { parcel::clean(&app).await }
    });
}
