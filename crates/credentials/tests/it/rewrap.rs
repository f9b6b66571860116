//! A new key for all credentials, while the service goes on and the command is killed.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use credentials::SERVICE;
use credentials::config::{KeySources, Reveal};
use rand::RngExt;
use sqlx::PgPool;
use testkit::app::{TestApp, parts, parts_on};
use tokio::process::Command;

use crate::parcels;
use crate::support::{KEY, Vault, create, open, open_on, reveal, write_private};

/// Times that the command is killed.
const KILLS: usize = 25;
/// Credentials at the start.
const CREDENTIALS: usize = 40;

/// The key of a generation, in hex.
fn key(generation: usize) -> String {
    format!("{generation:02x}").repeat(32)
}

fn command(app: &TestApp, kek_file: &Path, new_file: &Path, batch: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_credentials"));
    command
        .args(["rewrap", "--batch-size", batch, "--new-kek-file"])
        .arg(new_file)
        .env_clear()
        .env("OPSC_PROFILE", "test")
        .env("LOG_LEVEL", "off")
        .env("DATABASE_URL", app.db.url("opsc_credentials"))
        .env("KEK_FILE", kek_file)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

async fn run(app: &TestApp, kek_file: &Path, new_file: &Path) -> Output {
    command(app, kek_file, new_file, "7")
        .output()
        .await
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// How many data keys the active KEK wraps.
async fn wrapped(pool: &PgPool) -> i64 {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM credentials.version v
           JOIN credentials.kek k ON k.id = v.kek_id WHERE k.state = 'active'"#
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

async fn outdated(pool: &PgPool) -> i64 {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!"
           FROM (SELECT kek_id FROM credentials.version UNION ALL SELECT kek_id FROM credentials.parcel) v
           JOIN credentials.kek k ON k.id = v.kek_id WHERE k.state <> 'active'"#
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

async fn states(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar!("SELECT state FROM credentials.kek ORDER BY created_at")
        .fetch_all(pool)
        .await
        .unwrap()
}

/// Starts the command and ends it with SIGKILL once it has wrapped `more` data keys; tells whether
/// it was killed before its end.
async fn run_and_kill(mut command: Command, pool: &PgPool, more: i64) -> bool {
    let goal = wrapped(pool).await + more;
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut before = goal - more;
    while before < goal {
        if child.try_wait().unwrap().is_some() {
            let out = child.wait_with_output().await.unwrap();
            assert!(out.status.success(), "{}", text(&out.stderr));
            return false;
        }
        let now = wrapped(pool).await;
        if now < before {
            break; // the keys have just changed
        }
        before = now;
    }
    child.kill().await.unwrap();
    true
}

struct Credentials(Vec<(i64, String)>);

impl Credentials {
    async fn add(&mut self, app: &TestApp) {
        let (name, password) = (format!("c{}", self.0.len()), format!("p{}", self.0.len()));
        self.0.push((create(app, &name, &password).await, password));
    }

    async fn assert_all_open(&self, app: &TestApp) {
        for (id, password) in &self.0 {
            assert_eq!(reveal(app, *id).await["password"], password.as_str());
        }
    }
}

/// A service whose only key is the one of generation 0.
async fn first_generation() -> Vault {
    open_on(parts(SERVICE).await, Some(&key(0)), Reveal::Allowed).await
}

#[tokio::test]
async fn a_killed_rewrap_loses_nothing() {
    let app = first_generation().await;
    let pool = app.db.superuser().await;
    let mut stored = Credentials(Vec::new());
    for _ in 0..CREDENTIALS {
        stored.add(&app).await;
    }
    let (kek_file, new_file) = (app.file("kek"), app.file("new"));
    let (mut kills, mut generation) = (0, 0);
    while kills < KILLS {
        write_private(
            &kek_file,
            format!("{}\n{}\n", key(generation + 1), key(generation)),
        );
        write_private(&new_file, key(generation + 1));
        loop {
            let more = rand::rng().random_range(0..5);
            let command = command(&app, &kek_file, &new_file, "1");
            if !run_and_kill(command, &pool, more).await {
                break;
            }
            kills += 1;
            stored.add(&app).await;
            let (id, password) = &stored.0[rand::rng().random_range(0..stored.0.len())];
            assert_eq!(reveal(&app, *id).await["password"], password.as_str());
        }
        assert_eq!(outdated(&pool).await, 0, "rows are left on a retired key");
        stored.assert_all_open(&app).await;
        generation += 1;
    }
    let mut expected = vec!["destroyed"; generation];
    expected.push("active");
    assert_eq!(states(&pool).await, expected);
    // Only the newest key is left, and nobody has seen the others.
    let fresh = parts_on(SERVICE, app.db.clone());
    let fresh = open_on(fresh, Some(&key(generation)), Reveal::Allowed).await;
    stored.assert_all_open(&fresh).await;
}

#[tokio::test]
async fn a_service_without_the_new_key_refuses_what_it_cannot_read() {
    let app = first_generation().await;
    let id = create(&app, "web", "p").await;
    let both = app.file("both");
    let new_file = app.file("new");
    write_private(&both, format!("{}\n{}", key(1), key(0)));
    write_private(&new_file, key(1));
    let out = run(&app, &both, &new_file).await;
    assert!(out.status.success(), "{}", text(&out.stderr));
    let look = app
        .admin()
        .get(&format!("/credentials/{id}/decrypt?reason=r"))
        .await;
    look.problem(503, "credentials.sealed");
    write_private(&app.file("kek"), key(1));
    testkit::wait::until("the key is found", async || {
        let look = app
            .admin()
            .get(&format!("/credentials/{id}/decrypt?reason=r"))
            .await;
        (look.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn secret_parameters_are_wrapped_anew_as_well() {
    let app = first_generation().await;
    let pool = app.db.superuser().await;
    let parcel = parcels::seal(&app).await;
    let step = parcels::held_step(&pool, Some(parcel)).await;
    let (kek_file, new_file) = (app.file("kek"), app.file("new"));
    write_private(&kek_file, format!("{}\n{}", key(1), key(0)));
    write_private(&new_file, key(1));
    let out = text(&run(&app, &kek_file, &new_file).await.stdout);
    assert!(out.starts_with("1 data keys"), "{out}");
    assert_eq!(states(&pool).await, ["destroyed", "active"]);
    let fresh = parts_on(SERVICE, app.db.clone());
    let fresh = open_on(fresh, Some(&key(1)), Reveal::Allowed).await;
    parcels::hold(&pool, step, 60).await;
    parcels::ask(&fresh, parcels::claim(step)).await.expect(200);
}

#[tokio::test]
async fn a_second_run_finds_nothing_to_do() {
    let app = first_generation().await;
    create(&app, "web", "p").await;
    let (kek_file, new_file) = (app.file("kek"), app.file("new"));
    write_private(&kek_file, format!("{}\n{}", key(1), key(0)));
    write_private(&new_file, key(1));
    let first = text(&run(&app, &kek_file, &new_file).await.stdout);
    assert!(first.starts_with("1 data keys"), "{first}");
    assert!(first.contains("wraps nothing any more"), "{first}");
    let second = run(&app, &kek_file, &new_file).await;
    assert!(second.status.success());
    assert!(text(&second.stdout).starts_with("0 data keys"));
    let pool = app.db.superuser().await;
    let actions =
        sqlx::query_scalar!("SELECT action FROM audit.entry WHERE object_kind = 'kek' ORDER BY id")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(actions, ["kek.activated", "kek.rewrapped", "kek.rewrapped"]);
}

#[tokio::test]
async fn a_passphrase_gives_way_to_a_key_file() {
    let folder = tempfile::tempdir().unwrap();
    let (phrase, kek) = (folder.path().join("phrase"), folder.path().join("kek"));
    write_private(&phrase, "correct horse battery staple");
    write_private(&kek, key(1));
    let keys = KeySources {
        kek_file: None,
        passphrase_file: Some(phrase.clone()),
    };
    let app = crate::support::start(parts(SERVICE).await, keys, Reveal::Allowed).await;
    let id = create(&app, "web", "p").await;
    let mut command = command(&app, &kek, &kek, "10");
    let out = command
        .env("KEK_PASSPHRASE_FILE", &phrase)
        .output()
        .await
        .unwrap();
    assert!(out.status.success(), "{}", text(&out.stderr));
    let fresh = open_on(
        parts_on(SERVICE, app.db.clone()),
        Some(&key(1)),
        Reveal::Allowed,
    )
    .await;
    assert_eq!(reveal(&fresh, id).await["password"], "p");
}

#[tokio::test]
async fn a_rewrap_that_cannot_work_changes_nothing() {
    let app = first_generation().await;
    let id = create(&app, "web", "p").await;
    let (kek_file, wrong, new_file) = (app.file("kek"), app.file("wrong"), app.file("new"));
    write_private(&wrong, format!("{}\n{}", key(1), key(9)));
    write_private(&new_file, key(1));
    let sealed = run(&app, &wrong, &new_file).await;
    assert_eq!(sealed.status.code(), Some(1));
    assert!(
        text(&sealed.stderr).contains("sealed"),
        "{}",
        text(&sealed.stderr)
    );
    let unknown = run(&app, &kek_file, &new_file).await;
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("does not hold the new key"));
    let missing = run(&app, &kek_file, &app.file("missing")).await;
    assert_eq!(missing.status.code(), Some(1));
    write_private(&new_file, "no key at all");
    let garbage = run(&app, &kek_file, &new_file).await;
    assert_eq!(garbage.status.code(), Some(1));
    assert!(!text(&garbage.stderr).contains("no key at all"));
    let mut settings = command(&app, &kek_file, &new_file, "1");
    let out = settings.env("PORT", "x").output().await.unwrap();
    assert_eq!(out.status.code(), Some(64));
    assert_eq!(states(&app.db.superuser().await).await, ["active"]);
    assert_eq!(reveal(&app, id).await["password"], "p");
}

#[tokio::test]
async fn a_key_on_its_way_out_does_not_come_back() {
    let app = first_generation().await;
    let id = create(&app, "web", "p").await;
    let (kek_file, new_file) = (app.file("kek"), app.file("new"));
    write_private(&kek_file, format!("{}\n{}", key(1), key(0)));
    write_private(&new_file, key(1));
    let pool = app.db.superuser().await;
    // A row that somebody holds keeps the command from its end.
    let mut holder = pool.begin().await.unwrap();
    sqlx::query_scalar!("SELECT version FROM credentials.version FOR UPDATE")
        .fetch_one(&mut *holder)
        .await
        .unwrap();
    let mut child = command(&app, &kek_file, &new_file, "1").spawn().unwrap();
    testkit::wait::until("the new key is active", async || {
        (states(&pool).await == ["retiring", "active"]).then_some(())
    })
    .await;
    child.kill().await.unwrap();
    write_private(&new_file, key(0));
    let out = run(&app, &kek_file, &new_file).await;
    assert_eq!(out.status.code(), Some(1));
    assert!(
        text(&out.stderr).contains("on its way out"),
        "{}",
        text(&out.stderr)
    );
    holder.rollback().await.unwrap();
    write_private(&new_file, key(1));
    assert!(run(&app, &kek_file, &new_file).await.status.success());
    assert_eq!(states(&pool).await, ["destroyed", "active"]);
    assert_eq!(reveal(&app, id).await["password"], "p");
}

#[tokio::test]
async fn the_process_cannot_be_dumped() {
    let app = open().await;
    // Waits for the right to wrap keys, which this connection holds.
    let mut holder = app
        .db
        .pool("opsc_credentials")
        .await
        .acquire()
        .await
        .unwrap();
    sqlx::query_scalar!("SELECT pg_try_advisory_lock(7301, 3004)")
        .fetch_one(&mut *holder)
        .await
        .unwrap();
    let (kek_file, new_file) = (app.file("both"), app.file("new"));
    write_private(&kek_file, format!("{}\n{}", key(1), KEY));
    write_private(&new_file, key(1));
    let mut child = command(&app, &kek_file, &new_file, "1")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let limits = format!("/proc/{}/limits", child.id().unwrap());
    testkit::wait::until("core dumps are forbidden", async || {
        let limits = fs::read_to_string(&limits).ok()?;
        let line = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))?
            .to_owned();
        (line.split_whitespace().collect::<Vec<_>>()[4..6] == ["0", "0"]).then_some(())
    })
    .await;
    assert!(
        child.try_wait().unwrap().is_none(),
        "it has ended by itself"
    );
    child.kill().await.unwrap();
}
