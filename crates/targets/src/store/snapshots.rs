//! What steps need to know of targets.

use common::id::{CredentialId, TargetId};
use common::model::target::{PinnedHostKey, TargetSnapshot};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::store::targets::{port, protocol};

struct Row {
    id: i64,
    name: String,
    hostname: String,
    port: i32,
    protocol: String,
    credential_id: Option<i64>,
    metadata: Value,
    host_keys: Json<Vec<PinnedHostKey>>,
}

/// The snapshots of the named targets, by name.
pub async fn list(
    conn: &mut PgConnection,
    names: &[String],
) -> Result<Vec<TargetSnapshot>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT t.id, t.name, t.hostname, t.port, t.protocol, t.credential_id, t.metadata,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('algorithm', k.algorithm,
                  'fingerprint', k.fingerprint) ORDER BY k.id), '[]')
              FROM targets.host_key k WHERE k.target_id = t.id AND k.state = 'pinned'
             ) AS "host_keys!: Json<Vec<PinnedHostKey>>"
           FROM targets.target t WHERE t.name = ANY($1) ORDER BY t.name"#,
        names
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(TargetSnapshot {
                id: TargetId(row.id),
                name: row.name,
                hostname: row.hostname,
                port: port(row.port)?,
                protocol: protocol(&row.protocol)?,
                credential_id: row.credential_id.map(CredentialId),
                metadata: row.metadata,
                host_keys: row.host_keys.0,
            })
        })
        .collect()
}
