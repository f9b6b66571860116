//! What the database holds, whatever the program says.

use serde_json::Value;
use sqlx::PgPool;

/// Fails unless claims, declared ports, events and history agree.
pub(crate) async fn assert_sound(root: &PgPool) {
    let faults = sqlx::query_scalar!(
        r#"SELECT 'claims ' || a.id || ' and ' || b.id || ' overlap' AS "fault!"
           FROM ports.claim a JOIN ports.claim b
             ON a.host = b.host AND a.proto = b.proto AND a.bind && b.bind AND a.span && b.span AND a.id < b.id
         UNION ALL
           SELECT 'service ' || service_id || ' has ' || count(*) || ' claims'
           FROM ports.claim WHERE kind = 'assigned' GROUP BY service_id HAVING count(*) > 1
         UNION ALL
           SELECT s.name || ' is declared on ' || coalesce(s.port::text, 'none') || ' and claims ' || c.span::text
           FROM ports.service s JOIN ports.claim c ON c.service_id = s.id AND c.kind = 'assigned'
           WHERE s.port IS DISTINCT FROM lower(c.span)
         UNION ALL
           SELECT 'event ' || n || ' is missing'
           FROM ports.head, generate_series(1, revision) n WHERE NOT EXISTS (SELECT FROM ports.event WHERE seq = n)
         UNION ALL
           SELECT 'event ' || seq || ' is not between 1 and ' || revision
           FROM ports.event, ports.head WHERE seq NOT BETWEEN 1 AND revision
         UNION ALL
           SELECT 'event ' || e.seq || ' is in no history'
           FROM ports.event e WHERE e.kind = 'port_change' AND e.new_port IS NOT NULL AND NOT EXISTS (
             SELECT FROM ports.history h
               JOIN ports.service s ON s.id = h.service_id JOIN ports.suite u ON u.id = s.suite_id
             WHERE h.revision = e.seq AND h.port = e.new_port AND s.name = e.service AND u.name = e.suite)
         UNION ALL
           SELECT 'history ' || h.id || ' is of no event'
           FROM ports.history h WHERE h.revision > 0 AND h.reason <> 'imported' AND NOT EXISTS (
             SELECT FROM ports.event e WHERE e.seq = h.revision AND e.kind = 'port_change' AND e.new_port = h.port)
         UNION ALL
           SELECT s.name || ' is declared on ' || coalesce(s.port::text, 'none') || ', not as event ' || e.seq || ' says'
           FROM (SELECT DISTINCT ON (suite, service) suite, service, seq, new_port FROM ports.event
                 WHERE kind = 'port_change' ORDER BY suite, service, seq DESC) e
             JOIN ports.suite u ON u.name = e.suite JOIN ports.service s ON s.suite_id = u.id AND s.name = e.service
           WHERE s.port IS DISTINCT FROM e.new_port"#
    )
    .fetch_all(root)
    .await
    .unwrap();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// All that a change of ports can write, as one value.
pub(crate) async fn state(root: &PgPool) -> Value {
    sqlx::query_scalar!(
        r#"SELECT jsonb_build_object(
             'head', (SELECT revision FROM ports.head),
             'events', (SELECT count(*) FROM ports.event),
             'services', (SELECT jsonb_agg(jsonb_build_array(suite_id, name, port) ORDER BY id) FROM ports.service),
             'claims', (SELECT jsonb_agg(jsonb_build_array(span::text, kind, service_id) ORDER BY span)
                        FROM ports.claim),
             'history', (SELECT jsonb_agg(jsonb_build_array(service_id, port) ORDER BY id) FROM ports.history),
             'backups', (SELECT jsonb_agg(name ORDER BY id) FROM ports.backup),
             'audit', (SELECT count(*) FROM audit.entry)) AS "state!""#
    )
    .fetch_one(root)
    .await
    .unwrap()
}

/// The service that is declared on each port of a suite, by its name.
pub(crate) async fn ports(root: &PgPool, suite: &str) -> std::collections::BTreeMap<String, i64> {
    let rows = sqlx::query!(
        r#"SELECT s.name, s.port AS "port!" FROM ports.service s JOIN ports.suite u ON u.id = s.suite_id
           WHERE u.name = $1 AND s.port IS NOT NULL"#,
        suite
    )
    .fetch_all(root)
    .await
    .unwrap();
    rows.into_iter()
        .map(|row| (row.name, i64::from(row.port)))
        .collect()
}

/// Keeps port managers from looking at services and sockets: what they find would be told as well.
pub(crate) async fn keep_still(root: &PgPool) {
    sqlx::query!(
        "INSERT INTO ports.lease (name, holder, until)
         SELECT name, 'nobody', clock_timestamp() + interval '1 hour' FROM unnest(ARRAY['scan', 'health']) name"
    )
    .execute(root)
    .await
    .unwrap();
}

/// Waits until no port manager works on the database: what a killed one had open is over then.
pub(crate) async fn until_alone(root: &PgPool) {
    testkit::wait::until("the end of all sessions", async || {
        let sessions = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM pg_stat_activity
               WHERE datname = current_database() AND usename = 'opsc_port_manager'"#
        );
        let left = sessions.fetch_one(root).await.unwrap();
        (left == 0).then_some(())
    })
    .await;
}
