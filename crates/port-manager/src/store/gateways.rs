//! `ports.gateway`, and the map that gateways follow.

use common::model::port::{GatewayState, MapVersion, PortMap, Whereabouts};
use sqlx::PgConnection;

use super::port;

/// How long ago a gateway that counts as alive was seen, in seconds.
const ALIVE: f64 = 10.0;

/// Notes what a gateway serves.
pub async fn note(conn: &mut PgConnection, state: &GatewayState) -> sqlx::Result<()> {
    let epoch = state.serves.as_ref().map(|version| version.epoch.as_str());
    let revision = state.serves.as_ref().map(|version| version.revision);
    sqlx::query!(
        "INSERT INTO ports.gateway AS g (name, epoch, revision, seen_at) VALUES ($1, $2, $3, clock_timestamp())
         ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, revision = excluded.revision, seen_at = excluded.seen_at",
        state.gateway,
        epoch,
        revision
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets gateways that were not seen for a day.
pub async fn forget(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM ports.gateway WHERE seen_at < clock_timestamp() - interval '1 day'")
        .execute(conn)
        .await?;
    Ok(())
}

/// How many gateways are alive, and which of them do not serve `revision` yet.
pub async fn list_behind(
    conn: &mut PgConnection,
    revision: i64,
) -> sqlx::Result<(usize, Vec<String>)> {
    let rows = sqlx::query!(
        r#"SELECT g.name, coalesce(g.epoch = h.epoch::text AND g.revision >= $1, false) AS "is_there!"
           FROM ports.gateway g, ports.head h
           WHERE g.seen_at > clock_timestamp() - make_interval(secs => $2) ORDER BY g.name"#,
        revision,
        ALIVE
    )
    .fetch_all(conn)
    .await?;
    let alive = rows.len();
    let behind = rows.into_iter().filter(|row| !row.is_there);
    Ok((alive, behind.map(|row| row.name).collect()))
}

/// The map at this moment.
pub async fn read_map(conn: &mut PgConnection) -> sqlx::Result<PortMap> {
    // One statement sees one state.
    let rows = sqlx::query!(
        r#"SELECT h.epoch::text AS "epoch!", h.revision AS "revision!", m.name AS "name?", m.configured_port AS "configured_port?",
             m.port AS "port?"
           FROM ports.head h LEFT JOIN ports.read_map() m ON true"#
    )
    .fetch_all(conn)
    .await?;
    let version = rows.first().map(|row| MapVersion {
        epoch: row.epoch.clone(),
        revision: row.revision,
    });
    let places = rows.iter().filter_map(|row| {
        let (name, configured, now) = (row.name.clone()?, row.configured_port?, row.port?);
        Some((name, configured, now))
    });
    let services = places.map(|(name, configured, now)| {
        Ok(Whereabouts {
            name,
            configured_port: port(configured)?,
            port: port(now)?,
        })
    });
    Ok(PortMap {
        version: version.ok_or(sqlx::Error::RowNotFound)?,
        services: services.collect::<sqlx::Result<_>>()?,
    })
}
