//! `ports.suite`.

use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;

use super::{port, range, span};
use crate::domain::record::{Strategy, Suite};

struct Row {
    id: i64,
    name: String,
    title: String,
    span: PgRange<i32>,
    static_band: i32,
    strategy: String,
    host_template: Option<String>,
}

impl TryFrom<Row> for Suite {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.id,
            name: row.name,
            title: row.title,
            range: range(&row.span)?,
            static_band: port(row.static_band)?,
            strategy: Strategy::read(&row.strategy)?,
            host_template: row.host_template,
        })
    }
}

/// The suite of this name.
pub async fn find(conn: &mut PgConnection, name: &str) -> sqlx::Result<Option<Suite>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, name, title, span, static_band, strategy, host_template FROM ports.suite WHERE name = $1",
        name
    )
    .fetch_optional(conn)
    .await?;
    row.map(Suite::try_from).transpose()
}

/// All suites, by name.
pub async fn list(conn: &mut PgConnection) -> sqlx::Result<Vec<Suite>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, name, title, span, static_band, strategy, host_template FROM ports.suite ORDER BY name"
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Suite::try_from).collect()
}

/// Adds one; its id is not looked at.
pub async fn insert(conn: &mut PgConnection, suite: &Suite) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "INSERT INTO ports.suite (name, title, span, static_band, strategy, host_template)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        suite.name,
        suite.title,
        span(&suite.range),
        i32::from(suite.static_band),
        suite.strategy.as_str(),
        suite.host_template
    )
    .fetch_one(conn)
    .await
}

/// Writes all fields of one but its name.
pub async fn update(conn: &mut PgConnection, suite: &Suite) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE ports.suite SET title = $2, span = $3, static_band = $4, strategy = $5, host_template = $6
         WHERE id = $1",
        suite.id,
        suite.title,
        span(&suite.range),
        i32::from(suite.static_band),
        suite.strategy.as_str(),
        suite.host_template
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes one with all that it holds.
pub async fn delete(conn: &mut PgConnection, id: i64) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM ports.suite WHERE id = $1", id)
        .execute(conn)
        .await?;
    Ok(())
}
