//! Targets that a filter hits.

use common::filter::{Field, Filter};
use common::id::TargetId;
use common::model::target::SelectedTarget;
use sqlx::{PgConnection, Postgres, QueryBuilder};

/// Ids of the targets that a filter hits, at most `limit`.
pub async fn find_ids(
    conn: &mut PgConnection,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<i64>, sqlx::Error> {
    let mut query = QueryBuilder::new("SELECT t.id FROM targets.target t WHERE ");
    push(&mut query, filter);
    query.push(" ORDER BY t.name LIMIT ").push_bind(limit);
    query.build_query_scalar().fetch_all(conn).await
}

/// Adds the condition; all that people wrote goes in as bound values.
fn push(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    match filter {
        Filter::All(all) => push_list(query, all, "true", " AND "),
        Filter::Any(any) => push_list(query, any, "false", " OR "),
        Filter::Not(inner) => {
            query.push("NOT (");
            push(query, inner);
            query.push(")");
        }
        Filter::Is(field, values) => {
            push_field(query, field, "= ANY(", values.clone());
        }
        Filter::Contains(field, part) => {
            let like = part.replace('\\', "\\\\").replace('%', "\\%");
            let like = format!("%{}%", like.replace('_', "\\_"));
            push_field(query, field, "ILIKE ALL(", vec![like]);
        }
    }
}

fn push_list(query: &mut QueryBuilder<Postgres>, list: &[Filter], none: &str, between: &str) {
    query.push("(");
    query.push(if list.is_empty() { none } else { "" });
    for (at, filter) in list.iter().enumerate() {
        query.push(if at == 0 { "" } else { between });
        push(query, filter);
    }
    query.push(")");
}

fn push_field(
    query: &mut QueryBuilder<Postgres>,
    field: &Field,
    compares: &str,
    values: Vec<String>,
) {
    let tag = "EXISTS (SELECT FROM targets.tag g WHERE g.target_id = t.id AND ";
    match field {
        Field::Name => query.push("(t.name "),
        Field::Hostname => query.push("(t.hostname "),
        Field::Protocol => query.push("(t.protocol "),
        Field::Port => query.push("(t.port::text "),
        Field::Tag => query.push(tag).push("g.tag "),
        Field::TagOf(key) => {
            let key = format!("{key}:");
            query.push(tag).push("starts_with(g.tag, ");
            query
                .push_bind(key.clone())
                .push(") AND substr(g.tag, length(");
            query.push_bind(key).push(") + 1) ")
        }
    };
    query.push(compares).push_bind(values).push("))");
}

/// Targets by id or name, with the names of those that each one needs; by name.
pub async fn list(
    conn: &mut PgConnection,
    ids: &[i64],
    names: &[String],
) -> Result<Vec<SelectedTarget>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT t.id, t.name,
             ARRAY(SELECT n.name FROM targets.dependency d JOIN targets.target n ON n.id = d.depends_on
                   WHERE d.target_id = t.id ORDER BY n.name) AS "depends_on!"
           FROM targets.target t WHERE t.id = ANY($1) OR t.name = ANY($2) ORDER BY t.name"#,
        ids,
        names
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| SelectedTarget {
            id: TargetId(row.id),
            name: row.name,
            depends_on: row.depends_on,
        })
        .collect())
}
