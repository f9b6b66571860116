//! `ports.service` and `ports.dependency`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::port;
use crate::domain::record::{Criticality, Movable, Service};

struct Row {
    id: i64,
    suite_id: i64,
    name: String,
    title: String,
    category: String,
    criticality: String,
    host: Option<String>,
    health_path: String,
    movable: String,
    maintenance: bool,
    default_port: Option<i32>,
    port: Option<i32>,
    has_claim: bool,
    pid: Option<i32>,
    depends_on: Vec<String>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<Row> for Service {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.id,
            suite_id: row.suite_id,
            name: row.name,
            title: row.title,
            category: row.category,
            criticality: Criticality::read(&row.criticality)?,
            host: row.host,
            health_path: row.health_path,
            movable: Movable::read(&row.movable)?,
            maintenance: row.maintenance,
            default_port: row.default_port.map(port).transpose()?,
            port: row.port.map(port).transpose()?,
            has_claim: row.has_claim,
            pid: row.pid.and_then(|pid| u32::try_from(pid).ok()),
            depends_on: row.depends_on,
            updated_at: row.updated_at,
        })
    }
}

/// The service of this name.
pub async fn find(
    conn: &mut PgConnection,
    suite_id: i64,
    name: &str,
) -> sqlx::Result<Option<Service>> {
    Ok(list_named(conn, suite_id, &[name]).await?.pop())
}

/// Those services of a suite that have one of some names.
pub async fn list_named(
    conn: &mut PgConnection,
    suite_id: i64,
    names: &[&str],
) -> sqlx::Result<Vec<Service>> {
    let names: Vec<String> = names.iter().copied().map(str::to_owned).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT s.id, s.suite_id, s.name, s.title, s.category, s.criticality, s.host, s.health_path,
             s.movable, s.maintenance, s.default_port, s.port, s.pid, s.updated_at,
             EXISTS (SELECT FROM ports.claim c WHERE c.service_id = s.id AND c.kind = 'assigned') AS "has_claim!",
             ARRAY(SELECT o.name FROM ports.dependency d JOIN ports.service o ON o.id = d.depends_on
                   WHERE d.service_id = s.id ORDER BY o.name) AS "depends_on!"
           FROM ports.service s WHERE s.suite_id = $1 AND s.name = ANY ($2)"#,
        suite_id,
        &names
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Service::try_from).collect()
}

/// All services of a suite, by name.
pub async fn list(conn: &mut PgConnection, suite_id: i64) -> sqlx::Result<Vec<Service>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT s.id, s.suite_id, s.name, s.title, s.category, s.criticality, s.host, s.health_path,
             s.movable, s.maintenance, s.default_port, s.port, s.pid, s.updated_at,
             c.id IS NOT NULL AS "has_claim!",
             ARRAY(SELECT o.name FROM ports.dependency d JOIN ports.service o ON o.id = d.depends_on
                   WHERE d.service_id = s.id ORDER BY o.name) AS "depends_on!"
           FROM ports.service s LEFT JOIN ports.claim c ON c.service_id = s.id AND c.kind = 'assigned'
           WHERE s.suite_id = $1 ORDER BY s.name"#,
        suite_id
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Service::try_from).collect()
}

/// Name and declared port of each service that has one, by name.
pub async fn list_ports(
    conn: &mut PgConnection,
    suite_id: i64,
) -> sqlx::Result<Vec<(String, u16)>> {
    let rows = sqlx::query!(
        r#"SELECT name, port AS "port!" FROM ports.service
           WHERE suite_id = $1 AND port IS NOT NULL ORDER BY name"#,
        suite_id
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.name, port(row.port)?)))
        .collect()
}

/// Adds services of one suite without ports; their ids are not looked at. Answers with ids by name.
pub async fn insert(
    conn: &mut PgConnection,
    services: &[&Service],
) -> sqlx::Result<Vec<(String, i64)>> {
    let rows: Vec<Value> = services.iter().map(|service| row_of(service)).collect();
    let made = sqlx::query!(
        "INSERT INTO ports.service (suite_id, name, title, category, criticality, host, health_path, movable,
             maintenance, default_port, pid, created_at, updated_at)
         SELECT suite_id, name, title, category, criticality, host, health_path, movable,
             maintenance, default_port, pid, at, at
         FROM jsonb_to_recordset($1) AS service (suite_id bigint, name text, title text, category text,
             criticality text, host text, health_path text, movable text, maintenance boolean,
             default_port int, pid int, at timestamptz)
         RETURNING name, id",
        Value::Array(rows)
    )
    .fetch_all(conn)
    .await?;
    Ok(made.into_iter().map(|row| (row.name, row.id)).collect())
}

fn row_of(service: &Service) -> Value {
    json!({
        "suite_id": service.suite_id, "name": service.name, "title": service.title,
        "category": service.category, "criticality": service.criticality, "host": service.host,
        "health_path": service.health_path, "movable": service.movable, "maintenance": service.maintenance,
        "default_port": service.default_port, "pid": service.pid, "at": service.updated_at,
    })
}

/// Writes all fields of one but its name and its port.
pub async fn update(conn: &mut PgConnection, service: &Service) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE ports.service SET title = $2, category = $3, criticality = $4, host = $5, health_path = $6,
             movable = $7, maintenance = $8, default_port = $9, pid = $10, updated_at = $11
         WHERE id = $1",
        service.id,
        service.title,
        service.category,
        service.criticality.as_str(),
        service.host,
        service.health_path,
        service.movable.as_str(),
        service.maintenance,
        service.default_port.map(i32::from),
        service.pid.and_then(|pid| i32::try_from(pid).ok()),
        service.updated_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes one.
pub async fn delete(conn: &mut PgConnection, id: i64) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM ports.service WHERE id = $1", id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes what a service depends on.
pub async fn delete_dependencies(conn: &mut PgConnection, id: i64) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM ports.dependency WHERE service_id = $1", id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds what a service depends on, by names of its suite; answers how many there were.
pub async fn insert_dependencies(conn: &mut PgConnection, service: &Service) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "INSERT INTO ports.dependency (service_id, depends_on)
         SELECT $1, id FROM ports.service WHERE suite_id = $2 AND name = ANY ($3)",
        service.id,
        service.suite_id,
        &service.depends_on
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
