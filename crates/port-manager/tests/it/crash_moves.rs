//! The port manager moves itself and is killed right after a phase: it is on the old port or on the new one,
//! never on none and never on both, and the move is over soon.

use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::postgres::PgListener;
use sqlx::{AssertSqlSafe, PgPool};
use testkit::db::TestDb;
use testkit::wait::until;

use crate::process::{Auth, Process};
use crate::support::free_port;
use crate::truth;

const OWN: &str = "itechsmart-port-manager";

/// Has the database tell each phase as soon as it is written down.
const TELL: &str = "
    CREATE FUNCTION ports.tell_phase() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_notify('phase', NEW.phase); RETURN NULL; END $$;
    CREATE TRIGGER tell_phase AFTER INSERT OR UPDATE OF phase ON ports.move
      FOR EACH ROW EXECUTE FUNCTION ports.tell_phase();
    GRANT EXECUTE ON FUNCTION ports.tell_phase() TO opsc_port_manager;";

/// A port manager that knows itself, and all that is needed to start it again.
struct Stage {
    db: TestDb,
    auth: Auth,
    root: PgPool,
    old: u16,
    new: u16,
    secret: PathBuf,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn set() -> Self {
        let db = TestDb::new().await;
        let auth = Auth::start(&db);
        let root = db.superuser().await;
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        std::fs::write(&secret, "of the port manager").unwrap();
        let (old, new) = (free_port(), free_port());
        let place = format!(
            "UPDATE ports.service SET port = {old}, default_port = {old} WHERE name = '{OWN}';
             UPDATE ports.claim SET span = int4range({old}, {old} + 1)
             WHERE service_id = (SELECT id FROM ports.service WHERE name = '{OWN}'); {TELL}"
        );
        sqlx::raw_sql(AssertSqlSafe(place))
            .execute(&root)
            .await
            .unwrap();
        let _folder = folder;
        Self {
            db,
            auth,
            root,
            old,
            new,
            secret,
            _folder,
        }
    }

    async fn start(&self) -> Process {
        let port = self.old.to_string();
        let secret = self.secret.display().to_string();
        let settings = [("PORT", port.as_str()), ("SERVICE_SECRET_FILE", &secret)];
        Process::start(&self.db, &self.auth, &settings).await
    }

    /// Begins a move, and kills the program when the phase is written down.
    async fn kill_after(&self, phase: &str) {
        let mut process = self.start().await;
        assert_eq!(process.port(), self.old);
        let mut told = PgListener::connect_with(&self.root).await.unwrap();
        told.listen("phase").await.unwrap();
        let door = process.door.clone();
        let body = json!({"service_id": OWN, "new_port": self.new});
        #[expect(clippy::disallowed_methods, reason = "ends with the kill")]
        let asked = tokio::spawn(async move { door.post("/api/ports/reassign", &body).await });
        while told.recv().await.unwrap().payload() != phase {}
        process.kill().await;
        // Answered or not: what counts is what is found afterwards.
        let _answer = asked.await.unwrap();
    }

    /// Lets the next one take over at once.
    async fn expire(&self) {
        sqlx::query!("UPDATE ports.move SET lease_until = now() WHERE ended_at IS NULL")
            .execute(&self.root)
            .await
            .unwrap();
    }

    /// Waits until the move is over; answers with its last phase.
    async fn outcome(&self) -> String {
        until("the end of the move", async || {
            sqlx::query_scalar!("SELECT phase FROM ports.move WHERE ended_at IS NOT NULL")
                .fetch_optional(&self.root)
                .await
                .unwrap()
        })
        .await
    }

    /// Fails unless the service is at one port in every respect; answers with it.
    async fn assert_one_port(&self) -> u16 {
        let port = sqlx::query_scalar!(
            r#"SELECT port AS "port!" FROM ports.service WHERE name = $1"#,
            OWN
        );
        let port = u16::try_from(port.fetch_one(&self.root).await.unwrap()).unwrap();
        let other = if port == self.old { self.new } else { self.old };
        assert!([self.old, self.new].contains(&port));
        let staged = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM ports.claim WHERE kind = 'staged'"#
        );
        assert_eq!(
            staged.fetch_one(&self.root).await.unwrap(),
            0,
            "a port is held for nothing"
        );
        let is_open = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
        assert!(is_open(port), "nobody is at port {port}");
        until("the other port is closed", async || {
            (!is_open(other)).then_some(())
        })
        .await;
        truth::assert_sound(&self.root).await;
        port
    }
}

async fn survives(phase: &str, expected: fn(&Stage) -> u16) {
    let stage = Stage::set().await;
    stage.kill_after(phase).await;
    stage.expire().await;
    let _next = stage.start().await;
    assert_eq!(stage.outcome().await, "committed", "after {phase}");
    assert_eq!(
        stage.assert_one_port().await,
        expected(&stage),
        "after {phase}"
    );
}

#[tokio::test]
async fn killed_when_both_ports_are_held() {
    survives("staged", |stage| stage.new).await;
}

#[tokio::test]
async fn killed_when_the_new_port_is_bound() {
    survives("bound", |stage| stage.new).await;
}

#[tokio::test]
async fn killed_when_the_map_leads_to_the_new_port() {
    survives("healthy", |stage| stage.new).await;
}

#[tokio::test]
async fn killed_when_everybody_has_switched() {
    survives("switched", |stage| stage.new).await;
}

#[tokio::test]
async fn killed_when_the_old_port_is_drained() {
    survives("drained", |stage| stage.new).await;
}

#[tokio::test]
async fn killed_when_it_is_recorded() {
    survives("committed", |stage| stage.new).await;
}

#[tokio::test]
async fn killed_on_the_way_back() {
    for phase in ["rolling_back", "rolled_back"] {
        let stage = Stage::set().await;
        // The port is taken in a way that no look at sockets finds.
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], stage.new).into()).unwrap();
        stage.kill_after(phase).await;
        stage.expire().await;
        drop(socket);
        let _next = stage.start().await;
        assert_eq!(stage.outcome().await, "rolled_back");
        assert_eq!(stage.assert_one_port().await, stage.old);
    }
}

#[tokio::test]
async fn another_port_manager_takes_a_move_over_by_itself_in_time() {
    let stage = Stage::set().await;
    stage.kill_after("bound").await;
    let killed = Instant::now();
    let _next = stage.start().await;
    assert_eq!(stage.outcome().await, "committed");
    assert!(
        killed.elapsed() < Duration::from_secs(20),
        "{:?}",
        killed.elapsed()
    );
    stage.assert_one_port().await;
}
