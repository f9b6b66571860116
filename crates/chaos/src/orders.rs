//! Runs as jobs would write them.

use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::work::{Cancel, Order, Task};
use crate::world::{CREDENTIAL, World};

impl World {
    /// Asks for a run; none while the database is away.
    pub async fn order(&self, order: &Order) -> Option<i64> {
        self.try_order(order).await.ok()
    }

    async fn try_order(&self, order: &Order) -> sqlx::Result<i64> {
        let mut tx = self.jobs.begin().await?;
        let run = sqlx::query_scalar!(
            "INSERT INTO runs.run
               (job_id, job_name, job_version, requested_by, requested_by_name, correlation_id, strategy, parallel)
             VALUES (1, 'job', 1, '1', 'admin', 'chaos', CASE WHEN $1::int IS NOT NULL THEN 'target_first' END, $1)
             RETURNING id",
            order.parallel,
        )
        .fetch_one(&mut *tx)
        .await?;
        let mut lane = None;
        let mut idx = 0;
        for task in &order.tasks {
            if task.lane != lane {
                (lane, idx) = (task.lane, 0);
                self.insert_lane(&mut tx, run, task).await?;
            }
            self.insert(&mut tx, (run, idx), task).await?;
            idx += 1;
        }
        sqlx::query_scalar!("SELECT runs.start_run($1)", run)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(run)
    }

    async fn insert_lane(
        &self,
        conn: &mut PgConnection,
        run: i64,
        task: &Task,
    ) -> sqlx::Result<()> {
        sqlx::query!(
            "INSERT INTO runs.lane (run_id, lane, target_id, target_name) VALUES ($1, $2, $3, 'web')",
            run,
            task.lane,
            task.target_id(),
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    async fn insert(
        &self,
        conn: &mut PgConnection,
        (run, idx): (i64, i32),
        task: &Task,
    ) -> sqlx::Result<()> {
        let phase = task.lane.map_or(idx, |_| 0);
        let undo = task.undo.as_deref().map(|undo| self.undo(undo));
        sqlx::query!(
            "INSERT INTO runs.step (run_id, idx, name, type, target_id, target_name, target,
               credential_id, spec, shell, timeout_sec, on_error, idempotent, lane, phase, undo)
             VALUES ($1, $2, $3, 'ssh.exec', $4, 'web', $5, $6, $7, 'bash', $8, $9, $10, $11, $12, $13)",
            run,
            idx,
            task.mark,
            task.target_id(),
            self.target(task),
            CREDENTIAL,
            task.spec(self.folder()),
            task.timeout_sec(),
            task.on_error,
            task.is_idempotent(),
            task.lane,
            phase,
            undo,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    fn undo(&self, task: &Task) -> Value {
        json!({
            "name": task.mark, "kind": "ssh.exec", "credential_id": CREDENTIAL,
            "spec": task.spec(self.folder()), "shell": "bash", "timeout_sec": task.timeout_sec(),
            "on_error": task.on_error, "idempotent": task.is_idempotent(), "options": {},
            "locks": [], "lock_slots": [], "mutates": false,
        })
    }

    fn target(&self, task: &Task) -> Value {
        let target = &self.targets[task.target];
        let usual = (target.sshd.host().to_owned(), target.way.port);
        let (host, port) = task.place.clone().unwrap_or(usual);
        let pin = target.sshd.host_key("ed25519");
        json!({
            "id": task.target_id(), "name": "web", "hostname": host, "port": port,
            "protocol": "ssh", "credential_id": CREDENTIAL, "metadata": {},
            "host_keys": [{"algorithm": pin.algorithm, "fingerprint": pin.fingerprint}],
        })
    }

    /// Asks for the cancel of a run or a step of it; false while the database is away.
    pub async fn cancel(&self, run: i64, cancel: &Cancel) -> bool {
        let Some(mark) = &cancel.mark else {
            let asked = sqlx::query_scalar!("SELECT runs.cancel_run($1, '1')", run);
            return asked.fetch_one(&self.jobs).await.is_ok();
        };
        let asked = sqlx::query_scalar!(
            "SELECT runs.cancel_steps($1, array_agg(id), '1') FROM runs.step WHERE run_id = $1 AND name = $2",
            run,
            mark,
        );
        asked.fetch_one(&self.jobs).await.is_ok()
    }
}

impl Task {
    /// Each target of a fleet counts as one of its own, whichever server it is.
    fn target_id(&self) -> i64 {
        let server = i64::try_from(self.target).expect("few targets");
        self.lane.map_or(server, |lane| 100 + i64::from(lane))
    }
}
