//! Links the rows of the audit log, and signs the end of its chain.

use std::sync::Arc;
use std::time::Duration;

use service_kit::reconcile::{self, Hint};
use service_kit::tasks::Tasks;

use crate::app::App;
use crate::domain::audit;

/// Longest time that a row stays outside of the chain.
const LINK_PERIOD: Duration = Duration::from_millis(500);
/// Longest time that the end of the chain stays unsigned.
const SIGN_PERIOD: Duration = Duration::from_secs(60);

/// Starts both loops.
pub fn start(tasks: &Tasks, app: &Arc<App>) {
    let linking = Arc::clone(app);
    reconcile::every(
        tasks,
        "audit linker",
        LINK_PERIOD,
        Hint::default(),
        move || {
            let app = Arc::clone(&linking);
            async move { audit::link(&app).await }
        },
    );
    let signing = Arc::clone(app);
    reconcile::every(
        tasks,
        "audit signer",
        SIGN_PERIOD,
        Hint::default(),
        move || {
            let app = Arc::clone(&signing);
            async move { audit::sign(&app).await }
        },
    );
}
