//! What the handlers share.

use std::sync::Arc;

use service_kit::service::Kit;
use sqlx::PgPool;

use crate::worker::Worker;

/// The parts of the service, made once.
pub struct App {
    /// PostgreSQL.
    pub(crate) db: PgPool,
    /// The one worker of this process.
    pub(crate) worker: Arc<Worker>,
}

impl App {
    pub(crate) fn new(kit: &Kit, worker: Arc<Worker>) -> Self {
        Self {
            db: kit.db.clone(),
            worker,
        }
    }
}
