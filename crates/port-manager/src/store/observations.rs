//! `ports.observation` and `ports.scan`: what the last look at this host found.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::port;

/// A listening socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Address.
    pub address: IpAddr,
    /// Port.
    pub port: u16,
    /// Sockets that share both.
    pub sockets: u32,
    /// User id.
    pub uid: u32,
    /// Its process.
    pub pid: Option<u32>,
    /// Name of the program.
    pub program: Option<String>,
    /// When the process started.
    pub started_at: Option<DateTime<Utc>>,
    /// First look that found this process here.
    pub first_seen: DateTime<Utc>,
}

/// Writes what was found; a socket of another process at the same place counts as new.
pub async fn upsert(
    conn: &mut PgConnection,
    seen: &[Seen],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let found: Vec<Value> = seen.iter().map(row).collect();
    sqlx::query!(
        "INSERT INTO ports.observation AS o
             (host, address, port, sockets, uid, pid, program, started_at, first_seen, last_seen)
         SELECT 'local', address, port, sockets, uid, pid, program, started_at, $2, $2
         FROM jsonb_to_recordset($1) AS found
              (address inet, port int, sockets int, uid bigint, pid int, program text, started_at timestamptz)
         ON CONFLICT (host, port, address) DO UPDATE SET
           sockets = excluded.sockets, uid = excluded.uid, pid = excluded.pid, program = excluded.program,
           started_at = excluded.started_at, last_seen = excluded.last_seen,
           first_seen = CASE WHEN o.pid IS NOT DISTINCT FROM excluded.pid
             AND o.started_at IS NOT DISTINCT FROM excluded.started_at THEN o.first_seen ELSE excluded.first_seen END",
        Value::Array(found),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn row(seen: &Seen) -> Value {
    json!({
        "address": seen.address, "port": seen.port, "sockets": seen.sockets, "uid": seen.uid, "pid": seen.pid,
        "program": seen.program, "started_at": seen.started_at,
    })
}

/// Removes what a look before `now` found and the one of `now` did not.
pub async fn delete_unseen(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM ports.observation WHERE host = 'local' AND last_seen < $1",
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes a look; answers with its number.
pub async fn note_scan(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    kernel: &Value,
    outgoing: &Value,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "INSERT INTO ports.scan AS s (host, number, at, kernel, outgoing) VALUES ('local', 1, $1, $2, $3)
         ON CONFLICT (host) DO UPDATE SET number = s.number + 1, at = excluded.at, kernel = excluded.kernel,
           outgoing = excluded.outgoing
         RETURNING number",
        now,
        kernel,
        outgoing
    )
    .fetch_one(conn)
    .await
}

/// What the last look found, by port.
pub async fn list(conn: &mut PgConnection) -> sqlx::Result<Vec<Seen>> {
    let rows = sqlx::query!(
        r#"SELECT host(address) AS "address!", port, sockets, uid, pid, program, started_at, first_seen
           FROM ports.observation WHERE host = 'local' ORDER BY port, address"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let decode = |error: std::net::AddrParseError| sqlx::Error::Decode(error.into());
            Ok(Seen {
                address: row.address.parse().map_err(decode)?,
                port: port(row.port)?,
                sockets: u32::try_from(row.sockets).unwrap_or(1),
                uid: u32::try_from(row.uid).unwrap_or(u32::MAX),
                pid: row.pid.and_then(|pid| u32::try_from(pid).ok()),
                program: row.program,
                started_at: row.started_at,
                first_seen: row.first_seen,
            })
        })
        .collect()
}

/// When the last look was.
pub async fn find_scan_time(conn: &mut PgConnection) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!("SELECT at FROM ports.scan WHERE host = 'local'")
        .fetch_optional(conn)
        .await
}
