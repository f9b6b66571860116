-- Keeps intent (written by jobs) and outcome (written by the executor) of runs in one place, because a run must be atomic.
CREATE TABLE runs.run (
  id                   bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT run_pkey PRIMARY KEY,
  job_id               bigint NOT NULL CONSTRAINT run_job_fk REFERENCES jobs.job ON DELETE RESTRICT,
  job_name             text NOT NULL,
  job_version          int NOT NULL CONSTRAINT run_job_version_check CHECK (job_version >= 1),
  status               text NOT NULL DEFAULT 'queued' CONSTRAINT run_status_check
                       CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'canceled', 'needs_attention')),
  reason               text CONSTRAINT run_reason_check CHECK (length(reason) BETWEEN 1 AND 200),
  halt_reason          text CONSTRAINT run_halt_reason_check CHECK (halt_reason IN ('canceled', 'step_failed')),
  priority             int NOT NULL DEFAULT 0,
  requested_by         text NOT NULL,
  requested_by_name    text NOT NULL,
  parameters           jsonb NOT NULL DEFAULT '{}' CONSTRAINT run_parameters_check CHECK (jsonb_typeof(parameters) = 'object'),
  correlation_id       text NOT NULL,
  cancel_requested_at  timestamptz,
  cancel_requested_by  text,
  queued_at            timestamptz NOT NULL DEFAULT now(),
  started_at           timestamptz,
  finished_at          timestamptz,
  steps_total          int NOT NULL DEFAULT 0 CONSTRAINT run_steps_total_check CHECK (steps_total >= 0),
  event_seq            bigint NOT NULL DEFAULT 0,
  CONSTRAINT run_finished_check CHECK ((finished_at IS NOT NULL) = (status IN ('succeeded', 'failed', 'canceled'))),
  CONSTRAINT run_started_check CHECK (CASE status WHEN 'queued' THEN started_at IS NULL WHEN 'canceled' THEN true ELSE started_at IS NOT NULL END),
  CONSTRAINT run_cancel_check CHECK (num_nulls(cancel_requested_at, cancel_requested_by) IN (0, 2))
);
COMMENT ON TABLE runs.run IS 'One execution of a job.';
COMMENT ON COLUMN runs.run.id IS 'Never used again.';
COMMENT ON COLUMN runs.run.job_id IS 'Which job.';
COMMENT ON COLUMN runs.run.job_name IS 'Name of the job at that time.';
COMMENT ON COLUMN runs.run.job_version IS 'Version of the definition that runs.';
COMMENT ON COLUMN runs.run.status IS 'queued, running, needs_attention (waits for a person); final: succeeded, failed, canceled.';
COMMENT ON COLUMN runs.run.reason IS 'Why it is in that status.';
COMMENT ON COLUMN runs.run.halt_reason IS 'Why no further step may start; null while it may go on.';
COMMENT ON COLUMN runs.run.priority IS 'Higher is claimed first.';
COMMENT ON COLUMN runs.run.requested_by IS 'User id.';
COMMENT ON COLUMN runs.run.requested_by_name IS 'Name of the user at that time.';
COMMENT ON COLUMN runs.run.parameters IS 'Parameters as given; never a secret.';
COMMENT ON COLUMN runs.run.correlation_id IS 'Request id under which logs of all services find it.';
COMMENT ON COLUMN runs.run.cancel_requested_at IS 'When somebody asked to cancel it.';
COMMENT ON COLUMN runs.run.cancel_requested_by IS 'User id of who asked first.';
COMMENT ON COLUMN runs.run.queued_at IS 'When it was asked for.';
COMMENT ON COLUMN runs.run.started_at IS 'When its first step was claimed.';
COMMENT ON COLUMN runs.run.finished_at IS 'When it became final.';
COMMENT ON COLUMN runs.run.steps_total IS 'Number of its steps.';
COMMENT ON COLUMN runs.run.event_seq IS 'Number of its last event; the row lock puts events in commit order.';
CREATE INDEX run_job_idx ON runs.run (job_id, id);
CREATE INDEX run_open_idx ON runs.run (status, id) WHERE finished_at IS NULL;
CREATE INDEX run_requested_by_idx ON runs.run (requested_by, id);
CREATE INDEX run_correlation_idx ON runs.run (correlation_id);
ALTER TABLE jobs.idempotency ADD CONSTRAINT idempotency_run_fk FOREIGN KEY (run_id) REFERENCES runs.run ON DELETE CASCADE;
CREATE INDEX idempotency_run_idx ON jobs.idempotency (run_id);

CREATE TABLE runs.step (
  id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT step_pkey PRIMARY KEY,
  run_id         bigint NOT NULL CONSTRAINT step_run_fk REFERENCES runs.run ON DELETE CASCADE,
  idx            int NOT NULL CONSTRAINT step_idx_check CHECK (idx >= 0),
  name           text NOT NULL DEFAULT '',
  type           text NOT NULL CONSTRAINT step_type_check CHECK (length(type) BETWEEN 1 AND 50),
  target_id      bigint,
  target_name    text,
  target         jsonb CONSTRAINT step_target_check CHECK (jsonb_typeof(target) = 'object'),
  credential_id  bigint,
  spec           jsonb NOT NULL CONSTRAINT step_spec_check CHECK (jsonb_typeof(spec) = 'object'),
  shell          text,
  timeout_sec    int NOT NULL DEFAULT 60 CONSTRAINT step_timeout_sec_check CHECK (timeout_sec BETWEEN 1 AND 86400),
  on_error       text NOT NULL DEFAULT 'stop' CONSTRAINT step_on_error_check CHECK (on_error IN ('stop', 'continue', 'ignore')),
  idempotent     boolean NOT NULL DEFAULT false,
  status         text NOT NULL DEFAULT 'queued' CONSTRAINT step_status_check
                 CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'aborted', 'skipped', 'unknown')),
  reason         text CONSTRAINT step_reason_check CHECK (length(reason) BETWEEN 1 AND 200),
  epoch          bigint NOT NULL DEFAULT 0 CONSTRAINT step_epoch_check CHECK (epoch >= 0),
  worker         text,
  sent_at        timestamptz,
  attempt_count  int NOT NULL DEFAULT 0 CONSTRAINT step_attempt_count_check CHECK (attempt_count >= 0),
  exit_code      int,
  stdout         text CONSTRAINT step_stdout_check CHECK (octet_length(stdout) <= 1048576),
  stderr         text CONSTRAINT step_stderr_check CHECK (octet_length(stderr) <= 1048576),
  metrics        jsonb NOT NULL DEFAULT '{}' CONSTRAINT step_metrics_check CHECK (jsonb_typeof(metrics) = 'object'),
  queued_at      timestamptz NOT NULL DEFAULT now(),
  started_at     timestamptz,
  finished_at    timestamptz,
  CONSTRAINT step_place_key UNIQUE NULLS NOT DISTINCT (run_id, idx, target_id),
  CONSTRAINT step_finished_check CHECK ((finished_at IS NOT NULL) = (status IN ('succeeded', 'failed', 'aborted', 'skipped'))),
  CONSTRAINT step_running_check CHECK (status NOT IN ('running', 'unknown') OR (started_at IS NOT NULL AND worker IS NOT NULL AND epoch > 0)),
  CONSTRAINT step_sent_check CHECK (sent_at IS NULL OR status <> 'queued')
);
COMMENT ON TABLE runs.step IS 'One step of a run on one target, with all that is needed to do it but secrets.';
COMMENT ON COLUMN runs.step.id IS 'Never used again.';
COMMENT ON COLUMN runs.step.run_id IS 'Whose step.';
COMMENT ON COLUMN runs.step.idx IS 'Place in the definition, from 0; steps of one place may run side by side.';
COMMENT ON COLUMN runs.step.name IS 'Name in the definition; empty if it has none.';
COMMENT ON COLUMN runs.step.type IS 'Like ssh.exec.';
COMMENT ON COLUMN runs.step.target_id IS 'Which target; it may be gone.';
COMMENT ON COLUMN runs.step.target_name IS 'Name of the target at that time.';
COMMENT ON COLUMN runs.step.target IS 'Snapshot {id, name, hostname, port, protocol, credential_id, metadata, host_keys}.';
COMMENT ON COLUMN runs.step.credential_id IS 'The one credential that a claim of this step may fetch.';
COMMENT ON COLUMN runs.step.spec IS 'The step as in the definition.';
COMMENT ON COLUMN runs.step.shell IS 'Shell of a command, like powershell or bash.';
COMMENT ON COLUMN runs.step.timeout_sec IS 'Seconds after which the command is ended.';
COMMENT ON COLUMN runs.step.on_error IS 'What a failure does to the run: stop (end it), continue (go on, run fails), ignore (go on).';
COMMENT ON COLUMN runs.step.idempotent IS 'True: may be sent twice.';
COMMENT ON COLUMN runs.step.status IS 'queued, running, unknown (sent, outcome lost); final: succeeded, failed, aborted, skipped.';
COMMENT ON COLUMN runs.step.reason IS 'Why it is in that status, like timed_out or lost_executor.';
COMMENT ON COLUMN runs.step.epoch IS 'Number of the last claim; every write of a worker must carry it.';
COMMENT ON COLUMN runs.step.worker IS 'Worker of the last claim.';
COMMENT ON COLUMN runs.step.sent_at IS 'When the last claim was about to send the command; null: certainly not sent.';
COMMENT ON COLUMN runs.step.attempt_count IS 'Number of claims since it was queued by a person.';
COMMENT ON COLUMN runs.step.exit_code IS 'Exit code of the command.';
COMMENT ON COLUMN runs.step.stdout IS 'Head and tail of the output, secrets masked.';
COMMENT ON COLUMN runs.step.stderr IS 'Head and tail of the error output, secrets masked.';
COMMENT ON COLUMN runs.step.metrics IS 'Milliseconds per phase and byte counts.';
COMMENT ON COLUMN runs.step.queued_at IS 'When the run was asked for, or a person queued it again.';
COMMENT ON COLUMN runs.step.started_at IS 'When the last claim began.';
COMMENT ON COLUMN runs.step.finished_at IS 'When it became final.';
CREATE INDEX step_status_idx ON runs.step (status) WHERE status IN ('queued', 'running', 'unknown');
CREATE INDEX step_target_idx ON runs.step (target_id, id);
CREATE INDEX step_open_idx ON runs.step (run_id, idx) WHERE status IN ('queued', 'running', 'unknown');
CREATE INDEX step_trouble_idx ON runs.step (run_id, idx) WHERE status IN ('failed', 'aborted', 'unknown');

CREATE TABLE runs.step_tally (
  slot    smallint NOT NULL CONSTRAINT step_tally_slot_check CHECK (slot BETWEEN 0 AND 15),
  status  text NOT NULL CONSTRAINT step_tally_status_check CHECK (status IN ('succeeded', 'failed')),
  steps   bigint NOT NULL,
  CONSTRAINT step_tally_pkey PRIMARY KEY (slot, status)
) WITH (fillfactor = 50);
COMMENT ON TABLE runs.step_tally IS 'How many steps ever succeeded or failed: a count that costs the same after a million runs.';
COMMENT ON COLUMN runs.step_tally.slot IS 'Spreads the writers over several rows; the count is the sum over all slots.';
COMMENT ON COLUMN runs.step_tally.status IS 'The final status.';
COMMENT ON COLUMN runs.step_tally.steps IS 'How many.';

CREATE TABLE runs.live_step (
  step_id       bigint NOT NULL CONSTRAINT live_step_pkey PRIMARY KEY
                CONSTRAINT live_step_step_fk REFERENCES runs.step ON DELETE CASCADE,
  run_id        bigint NOT NULL CONSTRAINT live_step_run_fk REFERENCES runs.run ON DELETE CASCADE,
  priority      int NOT NULL DEFAULT 0,
  available_at  timestamptz NOT NULL DEFAULT now(),
  state         text NOT NULL DEFAULT 'ready' CONSTRAINT live_step_state_check CHECK (state IN ('ready', 'claimed')),
  worker        text CONSTRAINT live_step_worker_check CHECK (length(worker) BETWEEN 1 AND 200),
  epoch         bigint NOT NULL DEFAULT 0,
  lease_until   timestamptz,
  CONSTRAINT live_step_claimed_check CHECK ((state = 'claimed') = (worker IS NOT NULL) AND (state = 'claimed') = (lease_until IS NOT NULL))
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
COMMENT ON TABLE runs.live_step IS 'Steps that may start or are running; small for ever, so that a claim costs the same after a million runs.';
COMMENT ON COLUMN runs.live_step.step_id IS 'Which step.';
COMMENT ON COLUMN runs.live_step.run_id IS 'Its run.';
COMMENT ON COLUMN runs.live_step.priority IS 'Higher is claimed first.';
COMMENT ON COLUMN runs.live_step.available_at IS 'Not claimed before.';
COMMENT ON COLUMN runs.live_step.state IS 'ready or claimed.';
COMMENT ON COLUMN runs.live_step.worker IS 'Who holds the claim.';
COMMENT ON COLUMN runs.live_step.epoch IS 'Number of the claim; grows with each.';
COMMENT ON COLUMN runs.live_step.lease_until IS 'The claim ends here unless renewed, by the clock of the database.';
CREATE INDEX live_step_ready_idx ON runs.live_step (priority DESC, available_at, step_id) WHERE state = 'ready';
CREATE INDEX live_step_lease_idx ON runs.live_step (lease_until) WHERE state = 'claimed';
CREATE INDEX live_step_run_idx ON runs.live_step (run_id);

CREATE TABLE runs.attempt (
  step_id      bigint NOT NULL CONSTRAINT attempt_step_fk REFERENCES runs.step ON DELETE CASCADE,
  epoch        bigint NOT NULL CONSTRAINT attempt_epoch_check CHECK (epoch >= 1),
  worker       text NOT NULL,
  started_at   timestamptz NOT NULL,
  sent_at      timestamptz,
  finished_at  timestamptz,
  outcome      text CONSTRAINT attempt_outcome_check CHECK (outcome IN ('succeeded', 'failed', 'aborted', 'skipped', 'unknown', 'released', 'lost')),
  reason       text,
  CONSTRAINT attempt_pkey PRIMARY KEY (step_id, epoch),
  CONSTRAINT attempt_finished_check CHECK (num_nulls(finished_at, outcome) IN (0, 2))
);
COMMENT ON TABLE runs.attempt IS 'One claim of a step.';
COMMENT ON COLUMN runs.attempt.step_id IS 'Which step.';
COMMENT ON COLUMN runs.attempt.epoch IS 'Number of the claim.';
COMMENT ON COLUMN runs.attempt.worker IS 'Who claimed it.';
COMMENT ON COLUMN runs.attempt.started_at IS 'When it was claimed.';
COMMENT ON COLUMN runs.attempt.sent_at IS 'When it was about to send the command.';
COMMENT ON COLUMN runs.attempt.finished_at IS 'When the claim ended.';
COMMENT ON COLUMN runs.attempt.outcome IS 'Status given to the step, or released (handed back) or lost (lease ran out).';
COMMENT ON COLUMN runs.attempt.reason IS 'Why.';

CREATE TABLE runs.output (
  step_id      bigint NOT NULL CONSTRAINT output_step_fk REFERENCES runs.step ON DELETE CASCADE,
  epoch        bigint NOT NULL,
  seq          bigint NOT NULL CONSTRAINT output_seq_check CHECK (seq >= 1),
  stream       text NOT NULL CONSTRAINT output_stream_check CHECK (stream IN ('stdout', 'stderr', 'system')),
  segment      text NOT NULL,
  byte_offset  bigint NOT NULL CONSTRAINT output_byte_offset_check CHECK (byte_offset >= 0),
  byte_length  bigint NOT NULL CONSTRAINT output_byte_length_check CHECK (byte_length >= 0),
  at           timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT output_pkey PRIMARY KEY (step_id, epoch, seq)
);
COMMENT ON TABLE runs.output IS 'Where the output of a step is in the segment files.';
COMMENT ON COLUMN runs.output.step_id IS 'Whose output.';
COMMENT ON COLUMN runs.output.epoch IS 'Claim that produced it.';
COMMENT ON COLUMN runs.output.seq IS 'Order within the claim.';
COMMENT ON COLUMN runs.output.stream IS 'stdout, stderr or system (notes of the executor).';
COMMENT ON COLUMN runs.output.segment IS 'Name of the segment file.';
COMMENT ON COLUMN runs.output.byte_offset IS 'Where it begins in the file.';
COMMENT ON COLUMN runs.output.byte_length IS 'How long it is.';
COMMENT ON COLUMN runs.output.at IS 'When it was written.';

CREATE TABLE runs.worker (
  id            text NOT NULL CONSTRAINT worker_pkey PRIMARY KEY CONSTRAINT worker_id_check CHECK (length(id) BETWEEN 1 AND 200),
  host          text NOT NULL,
  version       text NOT NULL,
  started_at    timestamptz NOT NULL DEFAULT now(),
  last_seen_at  timestamptz NOT NULL DEFAULT now(),
  draining      boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE runs.worker IS 'Executor processes that have been seen.';
COMMENT ON COLUMN runs.worker.id IS 'New with each start of a process.';
COMMENT ON COLUMN runs.worker.host IS 'Machine it runs on.';
COMMENT ON COLUMN runs.worker.version IS 'Version of the program.';
COMMENT ON COLUMN runs.worker.started_at IS 'When it started.';
COMMENT ON COLUMN runs.worker.last_seen_at IS 'Last heartbeat.';
COMMENT ON COLUMN runs.worker.draining IS 'True: takes no more steps.';

CREATE TABLE runs.event (
  run_id   bigint NOT NULL CONSTRAINT event_run_fk REFERENCES runs.run ON DELETE CASCADE,
  seq      bigint NOT NULL CONSTRAINT event_seq_check CHECK (seq >= 1),
  kind     text NOT NULL CONSTRAINT event_kind_check CHECK (length(kind) BETWEEN 1 AND 50),
  step_id  bigint,
  data     jsonb NOT NULL DEFAULT '{}',
  at       timestamptz NOT NULL,
  CONSTRAINT event_pkey PRIMARY KEY (run_id, seq)
);
COMMENT ON TABLE runs.event IS 'Every change of a run and its steps, in the order in which they took effect.';
COMMENT ON COLUMN runs.event.run_id IS 'Which run.';
COMMENT ON COLUMN runs.event.seq IS 'From 1, without gaps and in commit order within the run.';
COMMENT ON COLUMN runs.event.kind IS 'Like run.running or step.succeeded.';
COMMENT ON COLUMN runs.event.step_id IS 'Which step; null if it is about the run.';
COMMENT ON COLUMN runs.event.data IS 'Facts of the event, like reason, epoch and worker.';
COMMENT ON COLUMN runs.event.at IS 'When it happened, by the clock of the database.';

-- Columns that say what became of a run or step are left out: only functions write them.
GRANT SELECT ON ALL TABLES IN SCHEMA runs TO opsc_jobs, opsc_executor;
GRANT INSERT (job_id, job_name, job_version, priority, requested_by, requested_by_name, parameters, correlation_id) ON runs.run TO opsc_jobs;
GRANT INSERT (run_id, idx, name, type, target_id, target_name, target, credential_id, spec, shell, timeout_sec, on_error, idempotent)
  ON runs.step TO opsc_jobs;
GRANT INSERT, UPDATE, DELETE ON runs.worker TO opsc_executor;
GRANT INSERT ON runs.output TO opsc_executor;
