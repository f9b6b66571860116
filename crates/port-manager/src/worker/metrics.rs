//! Numbers for Prometheus.

use metrics::gauge;

use crate::app::App;
use crate::domain::statistics;
use crate::error::Error;
use crate::store;

/// Sets the numbers of every suite.
///
/// # Errors
/// When the database or the sockets cannot be read.
pub(super) async fn record(app: &App) -> Result<(), Error> {
    let suites = {
        let mut conn = app.store.acquire().await?;
        store::suites::list(&mut conn).await?
    };
    for suite in suites {
        let numbers = statistics::count(app, Some(&suite.name)).await?;
        let set = |name: &'static str, value: usize| {
            let value = u32::try_from(value).map_or(f64::MAX, f64::from);
            gauge!(name, "suite" => suite.name.clone()).set(value);
        };
        set("port_manager_services_managed", numbers.total_services);
        set("port_manager_ports_in_use", numbers.used_ports);
        set("port_manager_ports_available", numbers.available_ports);
        set("port_manager_ports_reserved", numbers.reserved_ports);
        set("port_manager_conflicts", numbers.conflicts);
        set("port_manager_services_healthy", numbers.healthy_services);
        gauge!("port_manager_range_utilization_percent", "suite" => suite.name.clone())
            .set(numbers.utilization_percent);
    }
    Ok(())
}
