-- Keeps job definitions by version, so that a run can always show what it ran.
CREATE TABLE jobs.job (
  id               bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT job_pkey PRIMARY KEY,
  name             text NOT NULL CONSTRAINT job_name_check CHECK (length(name) BETWEEN 1 AND 200),
  current_version  int NOT NULL DEFAULT 1 CONSTRAINT job_current_version_check CHECK (current_version >= 1),
  is_active        boolean NOT NULL DEFAULT true,
  created_by       text NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  deleted_at       timestamptz
);
COMMENT ON TABLE jobs.job IS 'A named definition of work.';
COMMENT ON COLUMN jobs.job.id IS 'Never used again.';
COMMENT ON COLUMN jobs.job.name IS 'Unique among the jobs that are not deleted.';
COMMENT ON COLUMN jobs.job.current_version IS 'Version that the next run takes.';
COMMENT ON COLUMN jobs.job.is_active IS 'False: cannot be run.';
COMMENT ON COLUMN jobs.job.created_by IS 'User id.';
COMMENT ON COLUMN jobs.job.created_at IS 'When it was made.';
COMMENT ON COLUMN jobs.job.updated_at IS 'When a field or the version changed last.';
COMMENT ON COLUMN jobs.job.deleted_at IS 'When it was deleted; the row stays for its runs.';
CREATE UNIQUE INDEX job_name_key ON jobs.job (name) WHERE deleted_at IS NULL;

CREATE TABLE jobs.job_version (
  job_id      bigint NOT NULL CONSTRAINT job_version_job_fk REFERENCES jobs.job ON DELETE CASCADE,
  version     int NOT NULL CONSTRAINT job_version_version_check CHECK (version >= 1),
  definition  jsonb NOT NULL CONSTRAINT job_version_definition_check CHECK (jsonb_typeof(definition) = 'object'),
  created_by  text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT job_version_pkey PRIMARY KEY (job_id, version)
);
COMMENT ON TABLE jobs.job_version IS 'A definition as it was saved; never changed.';
COMMENT ON COLUMN jobs.job_version.job_id IS 'Whose definition.';
COMMENT ON COLUMN jobs.job_version.version IS 'Grows with each change.';
COMMENT ON COLUMN jobs.job_version.definition IS 'The checked definition.';
COMMENT ON COLUMN jobs.job_version.created_by IS 'User id.';
COMMENT ON COLUMN jobs.job_version.created_at IS 'When it was saved.';
REVOKE UPDATE ON jobs.job_version FROM opsc_jobs;

CREATE TABLE jobs.schedule (
  id                 bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT schedule_pkey PRIMARY KEY,
  job_id             bigint NOT NULL CONSTRAINT schedule_job_fk REFERENCES jobs.job ON DELETE CASCADE,
  cron               text NOT NULL CONSTRAINT schedule_cron_check CHECK (length(cron) BETWEEN 1 AND 200),
  timezone           text NOT NULL DEFAULT 'UTC' CONSTRAINT schedule_timezone_check CHECK (length(timezone) BETWEEN 1 AND 100),
  parameters         jsonb NOT NULL DEFAULT '{}' CONSTRAINT schedule_parameters_check CHECK (jsonb_typeof(parameters) = 'object'),
  is_active          boolean NOT NULL DEFAULT true,
  missed_run_policy  text NOT NULL DEFAULT 'skip' CONSTRAINT schedule_missed_run_policy_check CHECK (missed_run_policy IN ('skip', 'once', 'all')),
  next_run_at        timestamptz,
  last_run_at        timestamptz,
  created_by         text NOT NULL,
  created_at         timestamptz NOT NULL DEFAULT now(),
  updated_at         timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE jobs.schedule IS 'When a job runs by itself.';
COMMENT ON COLUMN jobs.schedule.id IS 'Never used again.';
COMMENT ON COLUMN jobs.schedule.job_id IS 'Which job.';
COMMENT ON COLUMN jobs.schedule.cron IS 'Cron expression, with seconds if it has six fields.';
COMMENT ON COLUMN jobs.schedule.timezone IS 'IANA time zone of the expression.';
COMMENT ON COLUMN jobs.schedule.parameters IS 'Parameters of each run.';
COMMENT ON COLUMN jobs.schedule.is_active IS 'False: does not fire.';
COMMENT ON COLUMN jobs.schedule.missed_run_policy IS 'What happens to times that passed unattended: skip, once or all.';
COMMENT ON COLUMN jobs.schedule.next_run_at IS 'Next time; null if it never fires again.';
COMMENT ON COLUMN jobs.schedule.last_run_at IS 'Last time that has been handled: the cursor.';
COMMENT ON COLUMN jobs.schedule.created_by IS 'User id in whose name it runs.';
COMMENT ON COLUMN jobs.schedule.created_at IS 'When it was made.';
COMMENT ON COLUMN jobs.schedule.updated_at IS 'When a field changed last.';
CREATE INDEX schedule_due_idx ON jobs.schedule (next_run_at) WHERE is_active;
CREATE INDEX schedule_job_idx ON jobs.schedule (job_id);

CREATE TABLE jobs.idempotency (
  caller       text NOT NULL CONSTRAINT idempotency_caller_check CHECK (length(caller) BETWEEN 1 AND 200),
  key          text NOT NULL CONSTRAINT idempotency_key_check CHECK (length(key) BETWEEN 1 AND 255),
  body_sha256  bytea NOT NULL CONSTRAINT idempotency_body_check CHECK (octet_length(body_sha256) = 32),
  run_id       bigint NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT idempotency_pkey PRIMARY KEY (caller, key)
);
COMMENT ON TABLE jobs.idempotency IS 'Answers to requests that may come twice; kept for 24 hours.';
COMMENT ON COLUMN jobs.idempotency.caller IS 'User id; keys of two callers never meet.';
COMMENT ON COLUMN jobs.idempotency.key IS 'The Idempotency-Key header.';
COMMENT ON COLUMN jobs.idempotency.body_sha256 IS 'SHA-256 of job and body; another body under the same key is refused.';
COMMENT ON COLUMN jobs.idempotency.run_id IS 'The run that was answered.';
COMMENT ON COLUMN jobs.idempotency.created_at IS 'When it came first.';
CREATE INDEX idempotency_created_idx ON jobs.idempotency (created_at);
