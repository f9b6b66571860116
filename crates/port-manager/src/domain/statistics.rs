//! Numbers of a suite.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::assignment::unfit;
use crate::domain::conflict::{self, State};
use crate::domain::health::Status;
use crate::domain::record::{Claim, ClaimKind, Service, Suite};
use crate::domain::target;
use crate::error::Error;
use crate::store;

/// How old a look at the sockets may be.
const RECENT: Duration = Duration::from_secs(2);

/// Numbers of a suite.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Statistics {
    /// Services that have a port.
    pub total_services: usize,
    /// Different ports that they have.
    pub used_ports: usize,
    /// Ports of the range that could be given now.
    pub available_ports: usize,
    /// Reserved ports of the range.
    pub reserved_ports: usize,
    /// First port and the one after the last.
    pub port_range: [u32; 2],
    /// Things that are wrong, without suppressed ones.
    pub conflicts: usize,
    /// Services that answer well.
    pub healthy_services: usize,
    /// Used and reserved ports of the range, in percent.
    pub utilization_percent: f64,
    /// Services of each category.
    pub categories: BTreeMap<String, usize>,
}

/// Counts.
///
/// # Errors
/// When there is no such suite, or the database or the sockets cannot be read.
pub async fn count(app: &App, suite: Option<&str>) -> Result<Arc<Statistics>, Error> {
    let counted = Box::pin(count_now(app, suite));
    app.recent
        .get(&app.store, ("statistics", suite), counted)
        .await
}

async fn count_now(app: &App, suite: Option<&str>) -> Result<Statistics, Error> {
    let conflicts = conflict::list_present(app, suite).await?;
    let sockets = app.observer.look(RECENT).await?;
    let mut conn = app.store.acquire().await?;
    let suite = target::suite(&mut conn, suite).await?;
    let services = store::services::list(&mut conn, suite.id).await?;
    let claims = store::claims::list(&mut conn, &suite.range).await?;
    let health = store::health::list(&mut conn, suite.id).await?;
    let taken = unfit(&suite.range, &sockets);
    let free = store::claims::list_free(&mut conn, &suite.range, &taken, app.clock.now()).await?;
    let reserved = reserved_in(&suite, &claims);
    let mut used: Vec<u16> = services.iter().filter_map(|service| service.port).collect();
    let total_services = used.len();
    used.sort_unstable();
    used.dedup();
    let in_range = used
        .iter()
        .filter(|port| suite.range.contains(&u32::from(**port)))
        .count();
    Ok(Statistics {
        total_services,
        used_ports: used.len(),
        available_ports: free.iter().map(size).sum(),
        reserved_ports: reserved,
        port_range: [suite.range.start, suite.range.end],
        conflicts: conflicts
            .iter()
            .filter(|conflict| conflict.state != State::Suppressed)
            .count(),
        healthy_services: health
            .iter()
            .filter(|record| record.condition.status == Status::Healthy)
            .count(),
        utilization_percent: percent(in_range + reserved, size(&suite.range)),
        categories: by_category(&services),
    })
}

fn size(range: &Range<u32>) -> usize {
    usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(0)
}

/// How many ports of the suite are reserved.
fn reserved_in(suite: &Suite, claims: &[Claim]) -> usize {
    let reserved = claims
        .iter()
        .filter(|claim| claim.kind == ClaimKind::Reserved);
    let inside = |claim: &Claim| {
        claim.ports.start.max(suite.range.start)..claim.ports.end.min(suite.range.end)
    };
    reserved.map(|claim| size(&inside(claim))).sum()
}

fn by_category(services: &[Service]) -> BTreeMap<String, usize> {
    let mut categories = BTreeMap::new();
    for service in services {
        *categories.entry(service.category.clone()).or_default() += 1;
    }
    categories
}

fn percent(part: usize, whole: usize) -> f64 {
    let number = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
    (number(part) * 10_000.0 / number(whole.max(1))).round() / 100.0
}
