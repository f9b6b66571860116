"""What a million finished runs cost those that come after them."""

import time

from . import fleet, runs
from .platform import Client

RUNS = 1_000_000
ASKED = 50

# Triggers and foreign keys are for what lives; these runs are written as they ended.
MAKE = """
SET session_replication_role = replica;
CREATE TEMP TABLE made AS SELECT * FROM runs.run WHERE id = {run};
INSERT INTO runs.run (job_id, job_name, job_version, status, priority, requested_by, requested_by_name, parameters,
    correlation_id, queued_at, started_at, finished_at, steps_total, event_seq)
  SELECT job_id, job_name, job_version, status, priority, requested_by, requested_by_name, parameters,
    correlation_id, queued_at - n * interval '1 s', started_at - n * interval '1 s', finished_at - n * interval '1 s', 1, 4
  FROM made, generate_series(1, {count}) AS n;
INSERT INTO runs.step (run_id, idx, name, type, target_id, target_name, target, credential_id, spec, status, epoch, worker,
    attempt_count, queued_at, started_at, finished_at)
  SELECT r.id, 0, s.name, s.type, s.target_id, s.target_name, s.target, s.credential_id, s.spec, s.status, s.epoch, s.worker,
    1, r.queued_at, r.started_at, r.finished_at
  FROM runs.run r, runs.step s WHERE r.id > {run} AND r.job_id = {job} AND s.run_id = {run};
INSERT INTO runs.attempt (step_id, epoch, worker, started_at, finished_at, outcome)
  SELECT s.id, s.epoch, s.worker, s.started_at, s.finished_at, s.status FROM runs.step s JOIN runs.run r ON r.id = s.run_id
  WHERE r.id > {run} AND r.job_id = {job};
INSERT INTO runs.event (run_id, seq, kind, data, at)
  SELECT r.id, e.seq, e.kind, e.data, r.finished_at FROM runs.run r, runs.event e
  WHERE r.id > {run} AND r.job_id = {job} AND e.run_id = {run};
ANALYZE runs.run, runs.step, runs.attempt, runs.event;
"""

REMOVE = """
SET session_replication_role = replica;
CREATE TEMP TABLE gone AS SELECT id FROM runs.run WHERE job_id = {job};
DELETE FROM runs.event WHERE run_id IN (SELECT id FROM gone);
DELETE FROM runs.attempt WHERE step_id IN (SELECT s.id FROM runs.step s WHERE s.run_id IN (SELECT id FROM gone));
DELETE FROM runs.step WHERE run_id IN (SELECT id FROM gone);
DELETE FROM runs.run WHERE id IN (SELECT id FROM gone);
"""


def measure(platform, table):
    """Backlog and starts before and with them, and how soon the newest runs are listed."""
    jobs = Client("jobs", platform.login())
    with fleet.machines(platform, runs.MACHINES, "192.0.2.1", 22) as tag:
        before = runs.empty_backlog(platform, jobs, tag)
        with runs.job(jobs, f"{platform.suffix}-past", {"steps": [runs.NO_WAIT]}) as job:
            run = runs.finished(jobs, jobs.call("POST", f"/jobs/{job}/run", {}, (200, 201, 202))["id"])["id"]
            began = time.monotonic()
            platform.sql("opsconductor", MAKE.format(run=run, job=job, count=RUNS))
            try:
                note = f"{RUNS:,} runs written in {time.monotonic() - began:.0f} s"
                _with_them(platform, jobs, tag, before, note, table)
            finally:
                platform.sql("opsconductor", REMOVE.format(job=job))
                for name in ("run", "step", "attempt", "event"):
                    platform.sql("opsconductor", f"VACUUM runs.{name}")


def _with_them(platform, jobs, tag, before, note, table):
    after = runs.empty_backlog(platform, jobs, tag)
    table.row("a step that does nothing, in an empty history", before.each * 1e6, "us", note=before.note)
    table.row("the same after a million runs", after.each * 1e6, "us", before.each * 1.25e6, note=f"{after.note}; {note}")
    runs.measure_starts(platform, jobs, table)
    times = []
    for _ in range(ASKED):
        began = time.monotonic()
        jobs.call("GET", "/runs?limit=50")
        times.append((time.monotonic() - began) * 1000)
    table.row("the newest 50 of them, p50", sorted(times)[ASKED // 2], "ms")
