-- Moves running services in steps that any port manager can take up, and tells everybody where services are.
CREATE SEQUENCE ports.move_epoch AS bigint;
COMMENT ON SEQUENCE ports.move_epoch IS 'Numbers of who leads moves: services refuse orders of a lower one than they saw.';
GRANT USAGE ON SEQUENCE ports.move_epoch TO opsc_port_manager;

CREATE TABLE ports.move (
  id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT move_pkey PRIMARY KEY,
  service_id    bigint NOT NULL CONSTRAINT move_service_fk REFERENCES ports.service ON DELETE CASCADE,
  from_port     int NOT NULL CONSTRAINT move_from_port_check CHECK (from_port BETWEEN 1 AND 65535),
  to_port       int NOT NULL CONSTRAINT move_to_port_check CHECK (to_port BETWEEN 1 AND 65535),
  phase         text NOT NULL DEFAULT 'staged'
    CONSTRAINT move_phase_check CHECK (phase IN ('staged', 'bound', 'healthy', 'switched', 'drained', 'committed', 'rolling_back', 'rolled_back')),
  actor         text NOT NULL CONSTRAINT move_actor_check CHECK (length(actor) BETWEEN 1 AND 200),
  reason        text NOT NULL CONSTRAINT move_reason_check CHECK (length(reason) <= 500),
  fault         text CONSTRAINT move_fault_check CHECK (length(fault) <= 1000),
  epoch         bigint NOT NULL,
  holder        text NOT NULL,
  lease_until   timestamptz NOT NULL,
  old_listener  jsonb,
  in_flight_at_switch int CONSTRAINT move_in_flight_check CHECK (in_flight_at_switch >= 0),
  lost          int CONSTRAINT move_lost_check CHECK (lost >= 0),
  started_at    timestamptz NOT NULL,
  bound_at      timestamptz,
  healthy_at    timestamptz,
  switched_at   timestamptz,
  drained_at    timestamptz,
  ended_at      timestamptz,
  CONSTRAINT move_ports_check CHECK (from_port <> to_port),
  CONSTRAINT move_end_check CHECK ((phase IN ('committed', 'rolled_back')) = (ended_at IS NOT NULL)),
  CONSTRAINT move_fault_phase_check CHECK ((phase IN ('rolling_back', 'rolled_back')) <= (fault IS NOT NULL))
);
COMMENT ON TABLE ports.move IS 'Services on their way from one port to another, and what became of those before.';
COMMENT ON COLUMN ports.move.id IS 'Never used again.';
COMMENT ON COLUMN ports.move.service_id IS 'The service.';
COMMENT ON COLUMN ports.move.from_port IS 'Port that it leaves.';
COMMENT ON COLUMN ports.move.to_port IS 'Port that it comes to.';
COMMENT ON COLUMN ports.move.phase IS 'What is done: both ports held, new one bound, seen healthy, callers switched, old one drained, recorded; or on the way back.';
COMMENT ON COLUMN ports.move.actor IS 'Who wanted it.';
COMMENT ON COLUMN ports.move.reason IS 'Why, in words.';
COMMENT ON COLUMN ports.move.fault IS 'What went wrong; null if nothing did.';
COMMENT ON COLUMN ports.move.epoch IS 'Number of who leads it, out of ports.move_epoch.';
COMMENT ON COLUMN ports.move.holder IS 'The process that leads it.';
COMMENT ON COLUMN ports.move.lease_until IS 'From here another process may take over.';
COMMENT ON COLUMN ports.move.old_listener IS 'Process and listener on the old port, {instance, generation}; null if the service does not tell.';
COMMENT ON COLUMN ports.move.in_flight_at_switch IS 'Requests at the old port when it was told to close; null if the service does not tell.';
COMMENT ON COLUMN ports.move.lost IS 'Requests still open when the old port was closed; null if the service does not tell.';
COMMENT ON COLUMN ports.move.started_at IS 'When both ports were held.';
COMMENT ON COLUMN ports.move.bound_at IS 'When the service listened on the new port.';
COMMENT ON COLUMN ports.move.healthy_at IS 'When it was proved that it answers there.';
COMMENT ON COLUMN ports.move.switched_at IS 'When every gateway passed requests to the new port.';
COMMENT ON COLUMN ports.move.drained_at IS 'When the old port was closed.';
COMMENT ON COLUMN ports.move.ended_at IS 'When it was over.';
CREATE UNIQUE INDEX move_running_key ON ports.move (service_id) WHERE ended_at IS NULL;
CREATE INDEX move_service_idx ON ports.move (service_id, id);

CREATE TABLE ports.gateway (
  name       text NOT NULL CONSTRAINT gateway_pkey PRIMARY KEY CONSTRAINT gateway_name_check CHECK (length(name) BETWEEN 1 AND 200),
  epoch      text CONSTRAINT gateway_epoch_check CHECK (length(epoch) <= 100),
  revision   bigint,
  seen_at    timestamptz NOT NULL,
  CONSTRAINT gateway_version_check CHECK (num_nulls(epoch, revision) IN (0, 2))
);
COMMENT ON TABLE ports.gateway IS 'Gateways that follow the port map.';
COMMENT ON COLUMN ports.gateway.name IS 'Which one: the same after a restart.';
COMMENT ON COLUMN ports.gateway.epoch IS 'History of the map that it serves; null if it serves none yet.';
COMMENT ON COLUMN ports.gateway.revision IS 'State of the map that it serves.';
COMMENT ON COLUMN ports.gateway.seen_at IS 'When it told so last, by the clock of the database.';

ALTER TABLE ports.event DROP CONSTRAINT event_kind_check;
ALTER TABLE ports.event ADD CONSTRAINT event_kind_check
  CHECK (kind IN ('port_change', 'conflicts_detected', 'service_status', 'move_progress'));
COMMENT ON COLUMN ports.event.kind IS 'port_change, conflicts_detected, service_status or move_progress.';

-- Our own services change their port while they run.
UPDATE ports.service c SET movable = 'live' FROM ports.suite s
WHERE s.id = c.suite_id AND c.movable = 'manual'
  AND (s.name = 'opsconductor' OR (s.name = 'itechsmart' AND c.name = 'itechsmart-port-manager'));

CREATE FUNCTION ports.read_map()
RETURNS TABLE (name text, configured_port int, port int, home int, epoch bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE c.name WHEN 'user' THEN 'users' WHEN 'itechsmart-port-manager' THEN 'port-manager' ELSE c.name END,
         c.default_port,
         CASE WHEN m.phase IN ('healthy', 'switched', 'drained') THEN m.to_port ELSE c.port END,
         CASE WHEN m.id IS NULL THEN c.port END,
         coalesce((SELECT l.epoch FROM ports.move l WHERE l.service_id = c.id ORDER BY l.id DESC LIMIT 1), 0)
  FROM ports.service c
  JOIN ports.suite s ON s.id = c.suite_id
  LEFT JOIN ports.move m ON m.service_id = c.id AND m.ended_at IS NULL
  WHERE (s.name = 'opsconductor' OR (s.name = 'itechsmart' AND c.name = 'itechsmart-port-manager'))
    AND c.default_port IS NOT NULL AND c.port IS NOT NULL
    AND EXISTS (SELECT FROM ports.claim k WHERE k.service_id = c.id AND k.kind = 'assigned')
  ORDER BY 1
$$;
COMMENT ON FUNCTION ports.read_map() IS
  'Where the services of OpsConductor are: name in tokens, port of the settings, port where they are asked, port that they have to come to by themselves (null during a move, which somebody leads), number of who led the last move.';
GRANT USAGE ON SCHEMA ports TO opsc_auth, opsc_users, opsc_credentials, opsc_targets, opsc_jobs, opsc_executor;
GRANT EXECUTE ON FUNCTION ports.read_map()
  TO opsc_auth, opsc_users, opsc_credentials, opsc_targets, opsc_jobs, opsc_executor, opsc_port_manager;
