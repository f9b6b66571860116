-- Keeps which service has which port, so that no two can have one, and who really listens.
CREATE TABLE ports.head (
  only_row  boolean NOT NULL DEFAULT true CONSTRAINT head_pkey PRIMARY KEY CONSTRAINT head_only_row_check CHECK (only_row),
  epoch     uuid NOT NULL DEFAULT gen_random_uuid(),
  revision  bigint NOT NULL DEFAULT 0 CONSTRAINT head_revision_check CHECK (revision >= 0)
);
COMMENT ON TABLE ports.head IS 'Number of the last event; its row lock puts numbers in commit order, without holes.';
COMMENT ON COLUMN ports.head.only_row IS 'Always true, so that there is one row.';
COMMENT ON COLUMN ports.head.epoch IS 'Which history the numbers belong to; another one after the database was made anew.';
COMMENT ON COLUMN ports.head.revision IS 'Number of the last event.';
INSERT INTO ports.head DEFAULT VALUES;

CREATE TABLE ports.suite (
  id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT suite_pkey PRIMARY KEY,
  name           text NOT NULL CONSTRAINT suite_name_key UNIQUE CONSTRAINT suite_name_check CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  title          text NOT NULL CONSTRAINT suite_title_check CHECK (length(title) BETWEEN 1 AND 100),
  span           int4range NOT NULL CONSTRAINT suite_span_check CHECK (lower(span) >= 1 AND upper(span) <= 65536 AND NOT isempty(span)),
  static_band    int NOT NULL DEFAULT 0 CONSTRAINT suite_static_band_check CHECK (static_band >= 0 AND static_band <= upper(span) - lower(span)),
  strategy       text NOT NULL DEFAULT 'hash' CONSTRAINT suite_strategy_check CHECK (strategy IN ('hash', 'lowest')),
  host_template  text CONSTRAINT suite_host_template_check CHECK (length(host_template) BETWEEN 1 AND 255),
  created_at     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ports.suite IS 'Services that share a range of ports.';
COMMENT ON COLUMN ports.suite.id IS 'Never used again.';
COMMENT ON COLUMN ports.suite.name IS 'Unique name, in requests.';
COMMENT ON COLUMN ports.suite.title IS 'Name for people.';
COMMENT ON COLUMN ports.suite.span IS 'Ports that are given out automatically.';
COMMENT ON COLUMN ports.suite.static_band IS 'So many first ports of the span are given on explicit request only.';
COMMENT ON COLUMN ports.suite.strategy IS 'How a port is chosen: hash of the name, or the lowest free one.';
COMMENT ON COLUMN ports.suite.host_template IS 'Host of its services, with {service_id}; null takes the setting of the port manager.';
COMMENT ON COLUMN ports.suite.created_at IS 'When it was made.';

CREATE TABLE ports.service (
  id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT service_pkey PRIMARY KEY,
  suite_id      bigint NOT NULL CONSTRAINT service_suite_fk REFERENCES ports.suite ON DELETE CASCADE,
  name          text NOT NULL CONSTRAINT service_name_check CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
  title         text NOT NULL DEFAULT '' CONSTRAINT service_title_check CHECK (length(title) <= 100),
  category      text NOT NULL DEFAULT 'other' CONSTRAINT service_category_check CHECK (length(category) BETWEEN 1 AND 50),
  criticality   text NOT NULL DEFAULT 'normal' CONSTRAINT service_criticality_check CHECK (criticality IN ('low', 'normal', 'high', 'critical')),
  host          text CONSTRAINT service_host_check CHECK (length(host) BETWEEN 1 AND 255),
  health_path   text NOT NULL DEFAULT '/health' CONSTRAINT service_health_path_check CHECK (health_path ~ '^/[!-~]{0,199}$'),
  movable       text NOT NULL DEFAULT 'live' CONSTRAINT service_movable_check CHECK (movable IN ('live', 'restart', 'manual')),
  maintenance   boolean NOT NULL DEFAULT false,
  default_port  int CONSTRAINT service_default_port_check CHECK (default_port BETWEEN 1 AND 65535),
  port          int CONSTRAINT service_port_check CHECK (port BETWEEN 1 AND 65535),
  pid           int CONSTRAINT service_pid_check CHECK (pid > 0),
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT service_name_key UNIQUE (suite_id, name)
);
COMMENT ON TABLE ports.service IS 'A service of a suite and the port that is declared for it.';
COMMENT ON COLUMN ports.service.id IS 'Never used again.';
COMMENT ON COLUMN ports.service.suite_id IS 'Its suite.';
COMMENT ON COLUMN ports.service.name IS 'Unique in its suite; service_id in requests.';
COMMENT ON COLUMN ports.service.title IS 'Name for people.';
COMMENT ON COLUMN ports.service.category IS 'Group that it is shown in.';
COMMENT ON COLUMN ports.service.criticality IS 'How much an interruption hurts: low, normal, high or critical.';
COMMENT ON COLUMN ports.service.host IS 'Where it runs; null follows the template of the suite.';
COMMENT ON COLUMN ports.service.health_path IS 'Path that answers 200 when it is healthy.';
COMMENT ON COLUMN ports.service.movable IS 'Whether it changes its port while it runs (live), by a restart, or only by hand (manual).';
COMMENT ON COLUMN ports.service.maintenance IS 'Whether its health counts for nothing at present.';
COMMENT ON COLUMN ports.service.default_port IS 'Port after a reset; null leaves it as it is.';
COMMENT ON COLUMN ports.service.port IS 'Declared port. Two services can be declared on one by force or import; only one then has the claim.';
COMMENT ON COLUMN ports.service.pid IS 'Process that registered itself as this service.';
COMMENT ON COLUMN ports.service.created_at IS 'When it was made.';
COMMENT ON COLUMN ports.service.updated_at IS 'When a field changed last.';
CREATE INDEX service_port_idx ON ports.service (port);

CREATE TABLE ports.dependency (
  service_id  bigint NOT NULL CONSTRAINT dependency_service_fk REFERENCES ports.service ON DELETE CASCADE,
  depends_on  bigint NOT NULL CONSTRAINT dependency_depends_on_fk REFERENCES ports.service ON DELETE CASCADE,
  CONSTRAINT dependency_pkey PRIMARY KEY (service_id, depends_on),
  CONSTRAINT dependency_self_check CHECK (service_id <> depends_on)
);
COMMENT ON TABLE ports.dependency IS 'Which service calls which other one.';
COMMENT ON COLUMN ports.dependency.service_id IS 'The one that calls.';
COMMENT ON COLUMN ports.dependency.depends_on IS 'The one that is called.';
CREATE INDEX dependency_depends_on_idx ON ports.dependency (depends_on);

CREATE TABLE ports.claim (
  id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT claim_pkey PRIMARY KEY,
  host        text NOT NULL DEFAULT 'local' CONSTRAINT claim_host_check CHECK (length(host) BETWEEN 1 AND 255),
  proto       text NOT NULL DEFAULT 'tcp' CONSTRAINT claim_proto_check CHECK (proto IN ('tcp', 'udp')),
  bind        inet NOT NULL DEFAULT '0.0.0.0/0',
  span        int4range NOT NULL CONSTRAINT claim_span_check CHECK (lower(span) >= 1 AND upper(span) <= 65536 AND NOT isempty(span)),
  kind        text NOT NULL CONSTRAINT claim_kind_check CHECK (kind IN ('assigned', 'staged', 'reserved', 'quarantine')),
  service_id  bigint CONSTRAINT claim_service_fk REFERENCES ports.service ON DELETE CASCADE,
  reason      text NOT NULL DEFAULT '' CONSTRAINT claim_reason_check CHECK (length(reason) <= 500),
  claimed_by  text NOT NULL,
  claimed_at  timestamptz NOT NULL,
  expires_at  timestamptz,
  CONSTRAINT claim_overlap_excl EXCLUDE USING gist (host WITH =, proto WITH =, bind inet_ops WITH &&, span WITH &&) DEFERRABLE INITIALLY IMMEDIATE,
  CONSTRAINT claim_single_check CHECK (kind = 'reserved' OR upper(span) - lower(span) = 1),
  CONSTRAINT claim_owner_check CHECK ((kind = 'reserved') = (service_id IS NULL)),
  CONSTRAINT claim_expiry_check CHECK (kind IN ('assigned', 'reserved') OR expires_at IS NOT NULL)
);
COMMENT ON TABLE ports.claim IS 'Who has which port: no two claims of a host overlap.';
COMMENT ON COLUMN ports.claim.id IS 'Never used again.';
COMMENT ON COLUMN ports.claim.host IS 'Network namespace that the port is of; local is the one of the port manager.';
COMMENT ON COLUMN ports.claim.proto IS 'tcp or udp.';
COMMENT ON COLUMN ports.claim.bind IS 'Address or network that is listened on; 0.0.0.0/0 is every IPv4 address.';
COMMENT ON COLUMN ports.claim.span IS 'Its ports; one unless reserved.';
COMMENT ON COLUMN ports.claim.kind IS 'assigned to a service, staged for a move, reserved for nobody, or quarantine after a release.';
COMMENT ON COLUMN ports.claim.service_id IS 'The service; in quarantine the one that had it.';
COMMENT ON COLUMN ports.claim.reason IS 'Why, in words.';
COMMENT ON COLUMN ports.claim.claimed_by IS 'Name of the person or service.';
COMMENT ON COLUMN ports.claim.claimed_at IS 'When.';
COMMENT ON COLUMN ports.claim.expires_at IS 'From here it counts for nothing; null for ever.';
CREATE UNIQUE INDEX claim_assigned_key ON ports.claim (service_id) WHERE kind = 'assigned';
CREATE UNIQUE INDEX claim_staged_key ON ports.claim (service_id) WHERE kind = 'staged';
CREATE INDEX claim_expiry_idx ON ports.claim (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX claim_service_idx ON ports.claim (service_id);

CREATE TABLE ports.history (
  id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT history_pkey PRIMARY KEY,
  service_id  bigint NOT NULL CONSTRAINT history_service_fk REFERENCES ports.service ON DELETE CASCADE,
  port        int NOT NULL CONSTRAINT history_port_check CHECK (port BETWEEN 1 AND 65535),
  at          timestamptz NOT NULL,
  actor       text NOT NULL,
  reason      text NOT NULL CONSTRAINT history_reason_check CHECK (length(reason) <= 500),
  revision    bigint NOT NULL
);
COMMENT ON TABLE ports.history IS 'Ports that a service was given, in order.';
COMMENT ON COLUMN ports.history.id IS 'Order.';
COMMENT ON COLUMN ports.history.service_id IS 'The service.';
COMMENT ON COLUMN ports.history.port IS 'The port.';
COMMENT ON COLUMN ports.history.at IS 'When it got the port.';
COMMENT ON COLUMN ports.history.actor IS 'Who gave it.';
COMMENT ON COLUMN ports.history.reason IS 'Why, such as assigned, moved, restored or reset.';
COMMENT ON COLUMN ports.history.revision IS 'Number of the event that told it.';
CREATE INDEX history_service_idx ON ports.history (service_id, id);

CREATE TABLE ports.event (
  seq         bigint NOT NULL CONSTRAINT event_pkey PRIMARY KEY,
  at          timestamptz NOT NULL,
  suite       text NOT NULL,
  kind        text NOT NULL CONSTRAINT event_kind_check CHECK (kind IN ('port_change', 'conflicts_detected', 'service_status')),
  service     text,
  old_port    int,
  new_port    int,
  actor       text NOT NULL,
  data        jsonb NOT NULL DEFAULT '{}' CONSTRAINT event_data_check CHECK (jsonb_typeof(data) = 'object'),
  CONSTRAINT event_subject_check CHECK (kind = 'conflicts_detected' OR service IS NOT NULL)
);
COMMENT ON TABLE ports.event IS 'What changed, numbered without holes in the order of commits.';
COMMENT ON COLUMN ports.event.seq IS 'Number out of ports.head.';
COMMENT ON COLUMN ports.event.at IS 'When.';
COMMENT ON COLUMN ports.event.suite IS 'Name of the suite.';
COMMENT ON COLUMN ports.event.kind IS 'port_change, conflicts_detected or service_status.';
COMMENT ON COLUMN ports.event.service IS 'Name of the service.';
COMMENT ON COLUMN ports.event.old_port IS 'Port before; null if it had none.';
COMMENT ON COLUMN ports.event.new_port IS 'Port after; null if it has none any more.';
COMMENT ON COLUMN ports.event.actor IS 'Who caused it.';
COMMENT ON COLUMN ports.event.data IS 'What the kind has on top.';

CREATE TABLE ports.scan (
  host         text NOT NULL CONSTRAINT scan_pkey PRIMARY KEY,
  number       bigint NOT NULL CONSTRAINT scan_number_check CHECK (number > 0),
  at           timestamptz NOT NULL,
  kernel       jsonb NOT NULL CONSTRAINT scan_kernel_check CHECK (jsonb_typeof(kernel) = 'object'),
  outgoing     jsonb NOT NULL CONSTRAINT scan_outgoing_check CHECK (jsonb_typeof(outgoing) = 'array')
);
COMMENT ON TABLE ports.scan IS 'Last look at the sockets of a host.';
COMMENT ON COLUMN ports.scan.host IS 'As in ports.claim.';
COMMENT ON COLUMN ports.scan.number IS 'Counts the looks.';
COMMENT ON COLUMN ports.scan.at IS 'When.';
COMMENT ON COLUMN ports.scan.kernel IS 'Ephemeral range, reserved ports and first unprivileged port of the kernel.';
COMMENT ON COLUMN ports.scan.outgoing IS 'Ports below or in a suite that outgoing connections hold.';

CREATE TABLE ports.observation (
  host        text NOT NULL,
  address     inet NOT NULL,
  port        int NOT NULL CONSTRAINT observation_port_check CHECK (port BETWEEN 1 AND 65535),
  sockets     int NOT NULL CONSTRAINT observation_sockets_check CHECK (sockets >= 1),
  uid         bigint NOT NULL,
  pid         int,
  program     text,
  started_at  timestamptz,
  first_seen  timestamptz NOT NULL,
  last_seen   timestamptz NOT NULL,
  CONSTRAINT observation_pkey PRIMARY KEY (host, port, address)
);
COMMENT ON TABLE ports.observation IS 'Listening sockets that the last look found.';
COMMENT ON COLUMN ports.observation.host IS 'As in ports.claim.';
COMMENT ON COLUMN ports.observation.address IS 'Address that is listened on.';
COMMENT ON COLUMN ports.observation.port IS 'Port that is listened on.';
COMMENT ON COLUMN ports.observation.sockets IS 'Sockets that share address and port (SO_REUSEPORT).';
COMMENT ON COLUMN ports.observation.uid IS 'User id of the socket.';
COMMENT ON COLUMN ports.observation.pid IS 'Its process; null if that may not be seen.';
COMMENT ON COLUMN ports.observation.program IS 'Name of the program; never its arguments.';
COMMENT ON COLUMN ports.observation.started_at IS 'When the process started.';
COMMENT ON COLUMN ports.observation.first_seen IS 'First look that found this process here.';
COMMENT ON COLUMN ports.observation.last_seen IS 'Last look that found it.';

CREATE TABLE ports.conflict (
  fingerprint  text NOT NULL CONSTRAINT conflict_pkey PRIMARY KEY,
  suite_id     bigint NOT NULL CONSTRAINT conflict_suite_fk REFERENCES ports.suite ON DELETE CASCADE,
  kind         text NOT NULL CONSTRAINT conflict_kind_check CHECK (kind ~ '^[a-z_]{3,50}$'),
  severity     text NOT NULL CONSTRAINT conflict_severity_check CHECK (severity IN ('low', 'medium', 'high', 'critical')),
  port         int CONSTRAINT conflict_port_check CHECK (port BETWEEN 1 AND 65535),
  services     text[] NOT NULL,
  detail       text NOT NULL,
  evidence     jsonb NOT NULL DEFAULT '{}' CONSTRAINT conflict_evidence_check CHECK (jsonb_typeof(evidence) = 'object'),
  state        text NOT NULL DEFAULT 'open' CONSTRAINT conflict_state_check CHECK (state IN ('open', 'acknowledged', 'suppressed', 'resolved')),
  misses       int NOT NULL DEFAULT 0 CONSTRAINT conflict_misses_check CHECK (misses >= 0),
  first_seen   timestamptz NOT NULL,
  last_seen    timestamptz NOT NULL,
  resolved_at  timestamptz,
  noted_by     text,
  noted_at     timestamptz,
  note         text CONSTRAINT conflict_note_check CHECK (length(note) <= 500),
  CONSTRAINT conflict_resolved_check CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
  CONSTRAINT conflict_noted_check CHECK (num_nulls(noted_by, noted_at) IN (0, 2))
);
COMMENT ON TABLE ports.conflict IS 'What is wrong with ports, each thing once.';
COMMENT ON COLUMN ports.conflict.fingerprint IS 'Kind, host, port and subjects: the same trouble has the same one.';
COMMENT ON COLUMN ports.conflict.suite_id IS 'Its suite.';
COMMENT ON COLUMN ports.conflict.kind IS 'Kind, such as duplicate_assignment.';
COMMENT ON COLUMN ports.conflict.severity IS 'low, medium, high or critical.';
COMMENT ON COLUMN ports.conflict.port IS 'The port, if it is about one.';
COMMENT ON COLUMN ports.conflict.services IS 'Names of the services.';
COMMENT ON COLUMN ports.conflict.detail IS 'What was seen, in words.';
COMMENT ON COLUMN ports.conflict.evidence IS 'The same as facts.';
COMMENT ON COLUMN ports.conflict.state IS 'open, acknowledged or suppressed by a person, resolved when it is gone.';
COMMENT ON COLUMN ports.conflict.misses IS 'Looks in a row that did not find it any more.';
COMMENT ON COLUMN ports.conflict.first_seen IS 'When it was found first.';
COMMENT ON COLUMN ports.conflict.last_seen IS 'When it was found last.';
COMMENT ON COLUMN ports.conflict.resolved_at IS 'When it was found to be gone.';
COMMENT ON COLUMN ports.conflict.noted_by IS 'Who acknowledged or suppressed it.';
COMMENT ON COLUMN ports.conflict.noted_at IS 'When.';
COMMENT ON COLUMN ports.conflict.note IS 'What that person wrote.';
CREATE INDEX conflict_state_idx ON ports.conflict (suite_id, state);

CREATE TABLE ports.health (
  service_id    bigint NOT NULL CONSTRAINT health_pkey PRIMARY KEY CONSTRAINT health_service_fk REFERENCES ports.service ON DELETE CASCADE,
  status        text NOT NULL DEFAULT 'unknown' CONSTRAINT health_status_check CHECK (status IN ('unknown', 'healthy', 'degraded', 'unhealthy', 'maintenance', 'flapping')),
  port          int CONSTRAINT health_port_check CHECK (port BETWEEN 1 AND 65535),
  since         timestamptz NOT NULL,
  last_checked  timestamptz,
  latency_ms    int CONSTRAINT health_latency_check CHECK (latency_ms >= 0),
  good_streak   int NOT NULL DEFAULT 0,
  bad_streak    int NOT NULL DEFAULT 0,
  recent        bigint NOT NULL DEFAULT 0,
  checks        bigint NOT NULL DEFAULT 0,
  identity      text,
  detail        text NOT NULL DEFAULT ''
);
COMMENT ON TABLE ports.health IS 'What the checks say of each service.';
COMMENT ON COLUMN ports.health.service_id IS 'The service.';
COMMENT ON COLUMN ports.health.status IS 'unknown, healthy, degraded, unhealthy, maintenance or flapping.';
COMMENT ON COLUMN ports.health.port IS 'Port that was checked last.';
COMMENT ON COLUMN ports.health.since IS 'When this status began.';
COMMENT ON COLUMN ports.health.last_checked IS 'When it was checked last.';
COMMENT ON COLUMN ports.health.latency_ms IS 'Time of the last answer, in milliseconds.';
COMMENT ON COLUMN ports.health.good_streak IS 'Good answers in a row.';
COMMENT ON COLUMN ports.health.bad_streak IS 'Bad answers in a row.';
COMMENT ON COLUMN ports.health.recent IS 'The last 21 checks as bits, newest lowest; 1 is good.';
COMMENT ON COLUMN ports.health.checks IS 'Checks since the row was made.';
COMMENT ON COLUMN ports.health.identity IS 'Who the answer said it came from.';
COMMENT ON COLUMN ports.health.detail IS 'What was seen, in words.';

CREATE TABLE ports.backup (
  id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT backup_pkey PRIMARY KEY,
  suite_id    bigint NOT NULL CONSTRAINT backup_suite_fk REFERENCES ports.suite ON DELETE CASCADE,
  name        text NOT NULL CONSTRAINT backup_name_key UNIQUE CONSTRAINT backup_name_check CHECK (name ~ '^[A-Za-z0-9_-][A-Za-z0-9._-]{0,118}$'),
  document    jsonb NOT NULL,
  sha256      bytea NOT NULL CONSTRAINT backup_sha256_check CHECK (octet_length(sha256) = 32),
  revision    bigint NOT NULL,
  automatic   boolean NOT NULL,
  created_by  text NOT NULL,
  created_at  timestamptz NOT NULL
);
COMMENT ON TABLE ports.backup IS 'States of a suite that can be brought back.';
COMMENT ON COLUMN ports.backup.id IS 'Order.';
COMMENT ON COLUMN ports.backup.suite_id IS 'The suite.';
COMMENT ON COLUMN ports.backup.name IS 'Name as of a file; no path.';
COMMENT ON COLUMN ports.backup.document IS 'Ports, history, reservations and time.';
COMMENT ON COLUMN ports.backup.sha256 IS 'Of the document as text; a row that was altered does not restore.';
COMMENT ON COLUMN ports.backup.revision IS 'Number of the last event that it holds.';
COMMENT ON COLUMN ports.backup.automatic IS 'Whether it was made before a restore or reset.';
COMMENT ON COLUMN ports.backup.created_by IS 'Who made it.';
COMMENT ON COLUMN ports.backup.created_at IS 'When.';

CREATE TABLE ports.outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_pkey PRIMARY KEY,
  partner      text NOT NULL CONSTRAINT outbox_partner_check CHECK (partner IN ('hub', 'ninja')),
  path         text NOT NULL CONSTRAINT outbox_path_check CHECK (path ~ '^/[!-~]{0,199}$'),
  body         jsonb NOT NULL CONSTRAINT outbox_body_check CHECK (jsonb_typeof(body) = 'object'),
  created_at   timestamptz NOT NULL
);
COMMENT ON TABLE ports.outbox IS 'What the Hub and Ninja still have to be told; delivered in order, then removed.';
COMMENT ON COLUMN ports.outbox.id IS 'Order.';
COMMENT ON COLUMN ports.outbox.partner IS 'hub or ninja.';
COMMENT ON COLUMN ports.outbox.path IS 'Path of the call.';
COMMENT ON COLUMN ports.outbox.body IS 'Body of the call.';
COMMENT ON COLUMN ports.outbox.created_at IS 'When it happened.';
CREATE INDEX outbox_partner_idx ON ports.outbox (partner, id);

CREATE TABLE ports.lease (
  name    text NOT NULL CONSTRAINT lease_pkey PRIMARY KEY,
  holder  text NOT NULL,
  until   timestamptz NOT NULL
);
COMMENT ON TABLE ports.lease IS 'Work that one port manager does at a time, such as health checks.';
COMMENT ON COLUMN ports.lease.name IS 'The work.';
COMMENT ON COLUMN ports.lease.holder IS 'The process that does it.';
COMMENT ON COLUMN ports.lease.until IS 'From here another one may take over.';

GRANT INSERT (actor_kind, actor_id, actor_name, session_id, on_behalf_of, ip, user_agent, action,
              object_kind, object_id, object_name, change, outcome, request_id)
  ON audit.entry TO opsc_port_manager;
REVOKE DELETE ON ports.head FROM opsc_port_manager;
REVOKE INSERT ON ports.head FROM opsc_port_manager;
