//! A service can use its own schema and nothing else.

use database::SERVICE_ROLES;

use crate::harness::{DENIED, Db, execute, refused, texts};

/// Schemas whose tables a role may read.
fn readable(role: &str) -> &'static [&'static str] {
    match role {
        "opsc_auth" => &["auth"],
        "opsc_users" => &["users", "audit"],
        "opsc_credentials" => &["credentials"],
        "opsc_targets" => &["targets"],
        "opsc_jobs" => &["jobs", "runs"],
        "opsc_executor" => &["runs"],
        "opsc_port_manager" => &["ports"],
        other => panic!("no such role: {other}"),
    }
}

#[tokio::test]
async fn a_role_reads_its_own_schema_only() {
    let db = Db::new().await;
    let tables = texts(
        &mut db.admin().await,
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
         WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
    )
    .await;
    assert!(tables.len() > 25, "{tables:?}");
    for role in SERVICE_ROLES {
        let mut conn = db.login(role).await;
        for table in &tables {
            let schema = table.split('.').next().unwrap();
            let select = format!("SELECT * FROM {table} LIMIT 1");
            if readable(role).contains(&schema) {
                execute(&mut conn, &select).await.unwrap();
            } else {
                refused(&mut conn, &select, DENIED).await;
                refused(&mut conn, &format!("DELETE FROM {table}"), DENIED).await;
            }
        }
    }
}

#[tokio::test]
async fn a_role_can_make_drop_and_change_no_object() {
    let db = Db::new().await;
    for role in SERVICE_ROLES {
        let mut conn = db.login(role).await;
        let own = readable(role)[0];
        for statement in [
            format!("CREATE TABLE {own}.mine (id int)"),
            "CREATE TABLE public.mine (id int)".to_owned(),
            "CREATE TEMPORARY TABLE mine (id int)".to_owned(),
            "CREATE SCHEMA mine".to_owned(),
            "CREATE ROLE mine".to_owned(),
            "CREATE DATABASE mine".to_owned(),
            format!("DROP SCHEMA {own} CASCADE"),
            "DROP TABLE audit.entry".to_owned(),
            "DROP FUNCTION runs.advance_run".to_owned(),
            "SET ROLE opsc_owner".to_owned(),
            "ALTER TABLE audit.entry DISABLE TRIGGER ALL".to_owned(),
            "SELECT pg_read_file('/etc/hostname')".to_owned(),
            "COPY (SELECT 1) TO PROGRAM 'true'".to_owned(),
            "SELECT rolpassword FROM pg_authid".to_owned(),
        ] {
            refused(&mut conn, &statement, DENIED).await;
        }
    }
}

#[tokio::test]
async fn a_role_has_time_limits_and_no_powers() {
    let db = Db::new().await;
    for role in SERVICE_ROLES {
        let mut conn = db.login(role).await;
        for (setting, value) in [
            ("statement_timeout", "5s"),
            ("lock_timeout", "2s"),
            ("idle_in_transaction_session_timeout", "10s"),
        ] {
            let shown = texts(&mut conn, &format!("SHOW {setting}")).await;
            assert_eq!(shown, [value], "{role} {setting}");
        }
    }
    let powerful = texts(
        &mut db.admin().await,
        "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'opsc%' AND
         (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls OR rolcanlogin = (rolname = 'opsc_owner'))",
    )
    .await;
    assert!(powerful.is_empty(), "{powerful:?}");
}

#[tokio::test]
async fn strangers_cannot_connect() {
    let db = Db::new().await;
    let open = texts(
        &mut db.admin().await,
        "SELECT privilege FROM unnest(ARRAY['CONNECT', 'TEMPORARY', 'CREATE']) privilege
         WHERE has_database_privilege('public', current_database(), privilege)",
    )
    .await;
    assert!(open.is_empty(), "{open:?}");
}

#[tokio::test]
async fn what_was_released_of_a_credential_cannot_be_hidden() {
    let db = Db::new().await;
    let mut conn = db.login("opsc_credentials").await;
    for statement in [
        "UPDATE credentials.access_log SET actor = 'x'",
        "DELETE FROM credentials.access_log",
        "TRUNCATE credentials.access_log",
    ] {
        refused(&mut conn, statement, DENIED).await;
    }
}

#[tokio::test]
async fn credentials_learns_the_names_of_targets_and_nothing_more() {
    let db = Db::new().await;
    execute(
        &mut db.admin().await,
        "INSERT INTO credentials.credential (name, credential_type, created_by) VALUES ('root', 'ssh', '1');
         INSERT INTO targets.target (name, hostname, protocol, port, credential_id, created_by)
         VALUES ('b', 'b', 'ssh', 22, 1, '1'), ('a', 'a', 'ssh', 22, 1, '1'), ('c', 'c', 'ssh', 22, NULL, '1')",
    )
    .await
    .unwrap();
    let question = "SELECT targets.names_using_credential(1)";
    assert_eq!(
        texts(&mut db.login("opsc_credentials").await, question).await,
        ["a", "b"]
    );
    for role in SERVICE_ROLES
        .into_iter()
        .filter(|role| *role != "opsc_credentials")
    {
        refused(&mut db.login(role).await, question, DENIED).await;
    }
    refused(
        &mut db.login("opsc_credentials").await,
        "DELETE FROM credentials.credential",
        "23503",
    )
    .await;
}
