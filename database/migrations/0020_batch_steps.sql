-- Lets an executor take and finish many steps at once: one transaction and a few statements for a batch, not for a step.
--
-- What the planner knows of a queue is how full it was at another moment; an index is right at any, so both functions ask
-- for one.

DROP TRIGGER step_tally ON runs.step;
DROP TRIGGER step_lane ON runs.step;
DROP FUNCTION runs.tally_step, runs.leave_lane;

-- A step that has finished_at has got it just then: guard_step lets nobody change it after that. One slot of the tally for
-- each connection, and its rows in one order, so that nobody waits for a tally in a circle.
CREATE FUNCTION runs.leave_steps() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM changed WHERE finished_at IS NOT NULL) THEN
    RETURN NULL;
  END IF;
  INSERT INTO runs.step_tally AS t (slot, status, steps)
  SELECT pg_backend_pid() % 16, c.status, count(*) FROM changed c WHERE c.status IN ('succeeded', 'failed') GROUP BY c.status ORDER BY c.status
  ON CONFLICT (slot, status) DO UPDATE SET steps = t.steps + excluded.steps;
  UPDATE runs.lane l SET state = CASE WHEN c.status IN ('failed', 'aborted') AND c.on_error = 'stop' THEN 'failing' ELSE 'next' END
  FROM changed c WHERE c.finished_at IS NOT NULL AND c.started_at IS NOT NULL AND l.run_id = c.run_id AND l.lane = c.lane;
  RETURN NULL;
END $$;
CREATE TRIGGER step_left AFTER UPDATE ON runs.step REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION runs.leave_steps();

-- In plpgsql, since the plan of a function in sql is made anew for each statement that calls it.
CREATE OR REPLACE FUNCTION runs.is_held(p_run_id bigint, p_step_id bigint, p_locks text[], p_slots int[])
RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM unnest(p_locks, p_slots) AS n(name, slots) JOIN runs.lock k ON k.name = n.name
    WHERE k.held >= n.slots AND NOT EXISTS (
      SELECT FROM runs.lock_holder h WHERE h.name = n.name AND h.run_id = p_run_id AND (h.step_id IS NULL OR h.step_id = p_step_id)));
END $$;

CREATE OR REPLACE FUNCTION runs.pick_steps(p_max int)
RETURNS bigint[] LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_start timestamptz := clock_timestamp();
  v_wanted bigint[];
  v_step_id bigint;
  v_steps bigint[];
BEGIN
  -- Each user's first ones, so that nobody hides behind another one's thousands.
  WITH RECURSIVE owners AS (
    (SELECT owner FROM runs.live_step WHERE state = 'ready' ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT (SELECT l.owner FROM runs.live_step l WHERE l.state = 'ready' AND l.owner > o.owner ORDER BY l.owner LIMIT 1)
    FROM owners o WHERE o.owner IS NOT NULL
  ), candidates AS (
    SELECT o.owner, c.*, row_number() OVER (PARTITION BY o.owner, c.priority ORDER BY c.available_at, c.step_id) AS turn
    FROM owners o CROSS JOIN LATERAL (
      SELECT l.step_id, l.priority, l.available_at FROM runs.live_step l
      WHERE l.owner = o.owner AND l.state = 'ready' AND l.available_at <= v_start
        AND (l.locks = '{}' OR NOT runs.is_held(l.run_id, l.step_id, l.locks, l.lock_slots))
      ORDER BY l.priority DESC, l.available_at, l.step_id LIMIT p_max * 2
    ) c
    WHERE o.owner IS NOT NULL
  ), busy AS MATERIALIZED (
    SELECT o.owner, (SELECT count(*) FROM runs.live_step l WHERE l.owner = o.owner AND l.state = 'claimed') AS running
    FROM owners o WHERE o.owner IS NOT NULL
  )
  SELECT array_agg(c.step_id ORDER BY c.priority DESC, c.turn + b.running, c.available_at, c.step_id) INTO v_wanted
  FROM candidates c JOIN busy b ON b.owner = c.owner;
  -- One by one: no plan can go wrong, and no more is locked than is taken.
  FOREACH v_step_id IN ARRAY coalesce(v_wanted, '{}') LOOP
    PERFORM FROM runs.live_step WHERE step_id = v_step_id AND state = 'ready' AND available_at <= v_start FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      v_steps := v_steps || v_step_id;
      EXIT WHEN cardinality(v_steps) >= p_max;
    END IF;
  END LOOP;
  RETURN v_steps;
END $$;

CREATE OR REPLACE FUNCTION runs.claim_steps(p_worker text, p_max int, p_lease_seconds int)
RETURNS TABLE (
  step_id bigint, run_id bigint, job_id bigint, job_name text, requested_by text, correlation_id text, parameters jsonb,
  idx int, name text, type text, target_id bigint, target_name text, target jsonb, credential_id bigint, spec jsonb, shell text,
  timeout_sec int, idempotent boolean, epoch bigint, attempt_count int, lease_until timestamptz,
  options jsonb, failures int, remote text, sent_seconds double precision, cancel_requested boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  v_steps bigint[];
  v_run_id bigint;
  v_now timestamptz;
BEGIN
  IF coalesce(p_worker, '') = '' OR p_max IS NULL OR p_max NOT BETWEEN 1 AND 1000 OR p_lease_seconds IS NULL OR p_lease_seconds NOT BETWEEN 1 AND 3600 THEN
    RAISE EXCEPTION 'claim_steps needs a worker, 1..1000 steps and a lease of 1..3600 s' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  v_steps := runs.pick_steps(p_max);
  IF v_steps IS NULL THEN
    RETURN;
  END IF;
  PERFORM FROM runs.run r WHERE r.id IN (SELECT l.run_id FROM runs.live_step l WHERE l.step_id = ANY (v_steps)) ORDER BY r.id FOR NO KEY UPDATE;
  v_steps := runs.take_locks(v_steps);
  FOR v_run_id IN
    SELECT r.id FROM runs.run r
    WHERE r.id IN (SELECT l.run_id FROM runs.live_step l WHERE l.step_id = ANY (v_steps)) AND r.halt_reason IS NOT NULL ORDER BY r.id
  LOOP
    -- What is left after that goes on at its target.
    PERFORM runs.advance_run(v_run_id);
  END LOOP;
  v_now := clock_timestamp();
  RETURN QUERY
    WITH claimed AS (
      UPDATE runs.live_step l SET state = 'claimed', worker = p_worker, epoch = l.epoch + 1,
        lease_until = v_now + make_interval(secs => p_lease_seconds)
      WHERE l.step_id = ANY (v_steps)
      RETURNING l.step_id, l.epoch, l.lease_until
    ), moved AS (
      UPDATE runs.step s SET status = 'running', reason = NULL, epoch = c.epoch, worker = p_worker,
        sent_at = CASE WHEN s.remote IS NOT NULL THEN s.sent_at END,
        attempt_count = s.attempt_count + 1, started_at = v_now
      FROM claimed c WHERE s.id = c.step_id AND s.id = ANY (v_steps)
      RETURNING s.*, c.lease_until
    ), tried AS (
      INSERT INTO runs.attempt (step_id, epoch, worker, started_at, sent_at) SELECT m.id, m.epoch, p_worker, v_now, m.sent_at FROM moved m
    ), grown AS (
      SELECT r.id, r.status = 'queued' AS begins, (r.status = 'queued')::int + k.steps AS events
      FROM (SELECT m.run_id, count(*)::int AS steps FROM moved m GROUP BY m.run_id) k JOIN runs.run r ON r.id = k.run_id
    ), begun AS (
      UPDATE runs.run r SET event_seq = r.event_seq + g.events, status = CASE WHEN g.begins THEN 'running' ELSE r.status END,
        reason = CASE WHEN g.begins THEN NULL ELSE r.reason END, started_at = CASE WHEN g.begins THEN v_now ELSE r.started_at END
      FROM grown g WHERE r.id = g.id
      RETURNING r.*, g.begins, r.event_seq - g.events AS seq_before
    ), told AS (
      INSERT INTO runs.event (run_id, seq, kind, step_id, data, at)
      SELECT b.id, b.seq_before + 1, 'run.running', NULL::bigint, '{}'::jsonb, v_now FROM begun b WHERE b.begins
      UNION ALL
      SELECT b.id, b.seq_before + b.begins::int + row_number() OVER (PARTITION BY b.id ORDER BY m.idx, m.id), 'step.running', m.id,
        jsonb_build_object('worker', p_worker), v_now
      FROM moved m JOIN begun b ON b.id = m.run_id
    )
    SELECT m.id, b.id, b.job_id, b.job_name, b.requested_by, b.correlation_id, b.parameters,
      m.idx, m.name, m.type, m.target_id, m.target_name, m.target, m.credential_id, m.spec, m.shell,
      m.timeout_sec, m.idempotent, m.epoch, m.attempt_count, m.lease_until, m.options,
      CASE WHEN m.attempt_count > 1
        THEN (SELECT count(*)::int FROM runs.attempt a WHERE a.step_id = m.id AND a.outcome = 'failed' AND a.started_at >= m.queued_at) ELSE 0 END,
      m.remote, extract(epoch FROM v_now - m.sent_at)::double precision,
      b.cancel_requested_at IS NOT NULL OR coalesce(b.halt_reason = 'timed_out', false)
    FROM moved m JOIN begun b ON b.id = m.run_id ORDER BY b.id, m.idx, m.id;
END $$;

CREATE FUNCTION runs.finish_steps(p_worker text, p_ends jsonb)
RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_held bigint[];
  v_runs bigint[];
  v_bad text;
  v_now timestamptz;
BEGIN
  SELECT coalesce(e.status, 'null') INTO v_bad FROM jsonb_to_recordset(p_ends) AS e(status text)
  WHERE e.status IS NULL OR e.status NOT IN ('succeeded', 'failed', 'aborted', 'skipped', 'unknown') LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a step cannot finish as %', v_bad USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT array_agg(h.step_id), array_agg(DISTINCT h.run_id) INTO v_held, v_runs FROM (
    SELECT l.step_id, l.run_id FROM jsonb_to_recordset(p_ends) AS e(step bigint, epoch bigint)
    JOIN runs.live_step l ON l.step_id = e.step AND l.epoch = e.epoch
    WHERE l.worker = p_worker AND l.state = 'claimed' ORDER BY l.step_id FOR UPDATE OF l
  ) h;
  IF v_held IS NULL THEN
    RETURN '{}';
  END IF;
  SELECT s.id::text INTO v_bad FROM jsonb_to_recordset(p_ends) AS e(step bigint, status text) JOIN runs.step s ON s.id = e.step
  WHERE e.status = 'unknown' AND e.step = ANY (v_held) AND s.sent_at IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'step % was not sent, so its outcome is known', v_bad USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM FROM runs.run WHERE id = ANY (v_runs) ORDER BY id FOR NO KEY UPDATE;
  v_now := clock_timestamp();
  WITH ended AS MATERIALIZED (
    SELECT e.* FROM jsonb_to_recordset(p_ends) AS e(step bigint, epoch bigint, status text, reason text, exit_code int,
      stdout text, stderr text, metrics jsonb, bytes bigint, lines bigint, lost bigint) WHERE e.step = ANY (v_held)
  ), gone AS (
    DELETE FROM runs.live_step WHERE step_id = ANY (v_held)
  ), moved AS (
    UPDATE runs.step s SET status = e.status, reason = e.reason, exit_code = e.exit_code, stdout = e.stdout, stderr = e.stderr,
      metrics = coalesce(e.metrics, '{}'), finished_at = CASE WHEN e.status <> 'unknown' THEN v_now END
    FROM ended e WHERE s.id = e.step AND s.id = ANY (v_held)
    RETURNING s.id, s.run_id, s.idx, s.status, s.reason, s.exit_code, s.epoch
  ), tried AS (
    UPDATE runs.attempt a SET finished_at = v_now, outcome = e.status, reason = e.reason
    FROM ended e WHERE a.step_id = e.step AND a.epoch = e.epoch AND a.step_id = ANY (v_held)
  ), printed AS (
    -- Sizes are totals: only what is new is told.
    SELECT e.step, e.epoch, e.bytes, e.lines, e.lost, coalesce(o.bytes, 0) AS bytes_before, coalesce(o.lines, 0) AS lines_before
    FROM ended e LEFT JOIN runs.output o ON o.step_id = e.step AND o.epoch = e.epoch
    WHERE e.bytes > coalesce(o.bytes, 0)
  ), noted AS (
    INSERT INTO runs.output (step_id, epoch, bytes, lines, lost_bytes) SELECT p.step, p.epoch, p.bytes, p.lines, p.lost FROM printed p
    ON CONFLICT (step_id, epoch) DO UPDATE SET bytes = excluded.bytes, lines = excluded.lines, lost_bytes = excluded.lost_bytes
  ), news AS (
    SELECT m.run_id, m.idx, m.id, 0 AS part, 'output' AS kind, runs.output_news(p.epoch, p.bytes_before, p.bytes, p.lines_before, p.lines, p.lost) AS data
    FROM printed p JOIN moved m ON m.id = p.step
    UNION ALL
    SELECT m.run_id, m.idx, m.id, 1, 'step.' || m.status,
      jsonb_strip_nulls(jsonb_build_object('reason', m.reason, 'exit_code', m.exit_code, 'epoch', m.epoch, 'worker', p_worker))
    FROM moved m
  ), grown AS (
    UPDATE runs.run r SET event_seq = r.event_seq + k.events FROM (SELECT n.run_id, count(*) AS events FROM news n GROUP BY n.run_id) k
    WHERE r.id = k.run_id RETURNING r.id, r.event_seq - k.events AS seq_before
  )
  INSERT INTO runs.event (run_id, seq, kind, step_id, data, at)
  SELECT g.id, g.seq_before + row_number() OVER (PARTITION BY g.id ORDER BY n.idx, n.id, n.part), n.kind, n.id, n.data, v_now
  FROM news n JOIN grown g ON g.id = n.run_id;
  PERFORM runs.advance_runs(v_runs);
  RETURN v_held;
END $$;
COMMENT ON FUNCTION runs.finish_steps IS 'Records how claims of a worker ended, [{step, epoch, status, reason, exit_code, stdout, stderr, metrics, bytes, lines, lost}], and lets their runs go on; answers with the steps whose claims were held, results of others are to be dropped.';

CREATE OR REPLACE FUNCTION runs.advance_run(p_run_id bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_halt text;
  v_reason text;
  v_run record;
  v_phase int;
BEGIN
  SELECT strategy, status INTO STRICT v_run FROM runs.run WHERE id = p_run_id;
  v_halt := runs.halt_run(p_run_id);
  IF v_run.strategy IS NOT NULL THEN
    PERFORM runs.give_up_lanes(p_run_id);
  END IF;
  IF v_halt IS NOT NULL THEN
    PERFORM runs.abort_waiting(p_run_id, v_halt);
  END IF;
  IF NOT EXISTS (SELECT FROM runs.step WHERE run_id = p_run_id AND status IN ('queued', 'running', 'unknown')) THEN
    PERFORM runs.finish_run(p_run_id);
    RETURN;
  END IF;
  SELECT coalesce(reason, 'unknown') INTO v_reason FROM runs.step
  WHERE run_id = p_run_id AND status = 'unknown' ORDER BY idx, id LIMIT 1;
  IF FOUND THEN
    PERFORM runs.set_run_status(p_run_id, 'needs_attention', v_reason);
    IF v_run.strategy IS NULL THEN
      RETURN;
    END IF;
  ELSIF v_run.status = 'needs_attention' THEN
    PERFORM runs.set_run_status(p_run_id, 'running', NULL);
  END IF;
  IF v_halt IS NOT NULL THEN
    RETURN;
  END IF;
  SELECT min(coalesce(phase, idx)) INTO v_phase FROM runs.step WHERE run_id = p_run_id AND status IN ('queued', 'running', 'unknown');
  IF v_run.strategy IS NOT NULL THEN
    PERFORM runs.advance_lanes(p_run_id, v_phase);
  END IF;
  -- Steps of the next phase start together, once all before them are final.
  IF NOT EXISTS (SELECT FROM runs.live_step WHERE run_id = p_run_id) THEN
    INSERT INTO runs.live_step (step_id, run_id, priority, epoch)
    SELECT s.id, s.run_id, r.priority, s.epoch FROM runs.step s JOIN runs.run r ON r.id = s.run_id
    WHERE s.run_id = p_run_id AND s.status = 'queued' AND s.lane IS NULL
      AND coalesce(s.phase, s.idx) = v_phase AND s.status IN ('queued', 'running', 'unknown');
  END IF;
END $$;

CREATE FUNCTION runs.advance_runs(p_run_ids bigint[])
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_rest bigint[];
  v_run_id bigint;
BEGIN
  WITH smooth AS MATERIALIZED (
    SELECT r.id, r.priority, (
      SELECT min(coalesce(s.phase, s.idx)) FROM runs.step s WHERE s.run_id = r.id AND s.status IN ('queued', 'running', 'unknown')) AS phase
    FROM runs.run r
    WHERE r.id = ANY (p_run_ids) AND r.strategy IS NULL AND r.status = 'running' AND r.halt_reason IS NULL
      AND r.cancel_requested_at IS NULL AND r.deadline_at > v_now
      AND NOT EXISTS (SELECT FROM runs.step s WHERE s.run_id = r.id AND s.status IN ('failed', 'aborted') AND s.lane IS NULL)
      AND NOT EXISTS (SELECT FROM runs.step s WHERE s.run_id = r.id AND s.status = 'unknown')
  ), done AS (
    UPDATE runs.run r SET status = 'succeeded', reason = NULL, finished_at = v_now, event_seq = r.event_seq + 1
    FROM smooth m WHERE r.id = m.id AND m.phase IS NULL
    RETURNING r.id, r.event_seq
  ), told AS (
    INSERT INTO runs.event (run_id, seq, kind, at) SELECT d.id, d.event_seq, 'run.succeeded', v_now FROM done d
  ), started AS (
    INSERT INTO runs.live_step (step_id, run_id, priority, epoch)
    SELECT s.id, m.id, m.priority, s.epoch FROM smooth m CROSS JOIN LATERAL (
      SELECT s.id, s.epoch FROM runs.step s WHERE s.run_id = m.id AND coalesce(s.phase, s.idx) = m.phase AND s.status = 'queued'
        AND s.status IN ('queued', 'running', 'unknown') OFFSET 0
    ) s
    WHERE m.phase IS NOT NULL AND NOT EXISTS (SELECT FROM runs.live_step l WHERE l.run_id = m.id)
  )
  SELECT array_agg(a.id ORDER BY a.id) INTO v_rest FROM unnest(p_run_ids) AS a(id) WHERE a.id NOT IN (SELECT m.id FROM smooth m);
  FOREACH v_run_id IN ARRAY coalesce(v_rest, '{}') LOOP
    PERFORM runs.advance_run(v_run_id);
  END LOOP;
END $$;
COMMENT ON FUNCTION runs.advance_runs IS 'As advance_run, for many: those in which nothing went wrong all at once, and the others one by one.';

CREATE FUNCTION runs.output_news(p_epoch bigint, p_bytes_before bigint, p_bytes bigint, p_lines_before bigint, p_lines bigint, p_lost bigint)
RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('epoch', p_epoch, 'offset', p_bytes_before, 'length', p_bytes - p_bytes_before,
      'line', p_lines_before, 'lines', p_lines - p_lines_before)
    || CASE WHEN p_lost > 0 THEN jsonb_build_object('log_degraded', true, 'lost_bytes', p_lost) ELSE '{}' END
$$;
COMMENT ON FUNCTION runs.output_news IS 'Facts of an event about output.';

CREATE OR REPLACE FUNCTION runs.note_output(p_run_id bigint, p_step_id bigint, p_epoch bigint, p_size bigint[])
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_bytes bigint;
  v_lines bigint;
BEGIN
  SELECT bytes, lines INTO v_bytes, v_lines FROM runs.output WHERE step_id = p_step_id AND epoch = p_epoch;
  v_bytes := coalesce(v_bytes, 0);
  v_lines := coalesce(v_lines, 0);
  -- Sizes are totals, so that a call whose answer was lost can be repeated.
  IF p_size[1] IS NULL OR p_size[1] <= v_bytes THEN
    RETURN;
  END IF;
  INSERT INTO runs.output AS o (step_id, epoch, bytes, lines, lost_bytes) VALUES (p_step_id, p_epoch, p_size[1], p_size[2], p_size[3])
  ON CONFLICT (step_id, epoch) DO UPDATE SET bytes = excluded.bytes, lines = excluded.lines, lost_bytes = excluded.lost_bytes;
  PERFORM runs.record_events(p_run_id, 'output', ARRAY[p_step_id], runs.output_news(p_epoch, v_bytes, p_size[1], v_lines, p_size[2], p_size[3]));
END $$;

CREATE OR REPLACE FUNCTION runs.finish_printed_step(
  p_step_id bigint, p_epoch bigint, p_worker text, p_status text, p_reason text,
  p_exit_code int, p_stdout text, p_stderr text, p_metrics jsonb, p_size bigint[]
) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT cardinality(runs.finish_steps(p_worker, jsonb_build_array(jsonb_build_object(
    'step', p_step_id, 'epoch', p_epoch, 'status', p_status, 'reason', p_reason, 'exit_code', p_exit_code, 'stdout', p_stdout,
    'stderr', p_stderr, 'metrics', p_metrics, 'bytes', p_size[1], 'lines', p_size[2], 'lost', p_size[3])))) > 0
$$;
COMMENT ON FUNCTION runs.finish_printed_step IS 'As finish_steps, for one.';

CREATE OR REPLACE FUNCTION runs.finish_step(
  p_step_id bigint, p_epoch bigint, p_worker text, p_status text, p_reason text,
  p_exit_code int, p_stdout text, p_stderr text, p_metrics jsonb
) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT runs.finish_printed_step(p_step_id, p_epoch, p_worker, p_status, p_reason, p_exit_code, p_stdout, p_stderr, p_metrics, NULL)
$$;
COMMENT ON FUNCTION runs.finish_step IS 'As finish_steps, for one that printed nothing.';

-- An index over all queued steps of all runs tempts the planner away from those of one run or lane.
DROP INDEX runs.step_status_idx;
DROP INDEX runs.step_open_idx;
CREATE INDEX step_open_idx ON runs.step (run_id, coalesce(phase, idx)) INCLUDE (status) WHERE status IN ('queued', 'running', 'unknown');

CREATE FUNCTION runs.queue_steps(p_step_ids bigint[], p_priority int, p_available_at timestamptz)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO runs.live_step (step_id, run_id, priority, epoch, available_at)
  SELECT s.id, s.run_id, p_priority, s.epoch, p_available_at FROM runs.step s WHERE s.id = ANY (p_step_ids);
END $$;
COMMENT ON FUNCTION runs.queue_steps IS 'Lets steps be claimed from a time on.';

CREATE OR REPLACE FUNCTION runs.advance_lanes(p_run_id bigint, p_phase int)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_run record;
  v_free bigint;
  v_batch int;
  v_lanes int[];
  v_done int[];
  v_steps bigint[];
BEGIN
  SELECT priority, parallel, pause_sec, phase, phase_opens_at INTO STRICT v_run FROM runs.run WHERE id = p_run_id;
  IF v_run.phase IS DISTINCT FROM p_phase THEN
    UPDATE runs.lane l SET state = 'waiting' WHERE l.run_id = p_run_id AND l.state IN ('done', 'next')
      AND (SELECT s.phase FROM runs.step s WHERE s.run_id = p_run_id AND s.lane = l.lane AND s.status = 'queued'
        ORDER BY s.run_id, s.lane, s.idx LIMIT 1) = p_phase;
    SELECT min(batch) INTO v_batch FROM runs.lane WHERE run_id = p_run_id AND state = 'waiting';
    v_run.phase_opens_at := CASE WHEN v_batch > 0 AND EXISTS (
      SELECT FROM runs.step s JOIN runs.lane l ON l.run_id = s.run_id AND l.lane = s.lane
      WHERE s.run_id = p_run_id AND s.phase = v_run.phase AND l.batch < v_batch)
      THEN v_now + make_interval(secs => v_run.pause_sec) ELSE v_now END;
    UPDATE runs.run SET phase = p_phase, phase_opens_at = v_run.phase_opens_at WHERE id = p_run_id;
  END IF;
  -- Lanes whose step has ended go on, or are done.
  SELECT coalesce(array_agg(n.lane), '{}'), coalesce(array_agg(n.step_id) FILTER (WHERE n.step_id IS NOT NULL), '{}'),
    coalesce(array_agg(n.lane) FILTER (WHERE n.step_id IS NULL), '{}')
  INTO v_lanes, v_steps, v_done FROM (
    SELECT l.lane, (SELECT s.id FROM runs.step s WHERE s.run_id = p_run_id AND s.lane = l.lane AND s.status = 'queued' AND s.phase = p_phase
      ORDER BY s.run_id, s.lane, s.idx LIMIT 1) AS step_id
    FROM runs.lane l WHERE l.run_id = p_run_id AND l.state = 'next'
  ) n;
  UPDATE runs.lane SET state = CASE WHEN lane = ANY (v_done) THEN 'done' ELSE 'open' END WHERE run_id = p_run_id AND lane = ANY (v_lanes);
  PERFORM runs.queue_steps(v_steps, v_run.priority, v_now);
  v_free := CASE WHEN v_run.parallel IS NOT NULL
    THEN greatest(0, v_run.parallel - (SELECT count(*) FROM runs.lane WHERE run_id = p_run_id AND state = 'open')) END;
  SELECT coalesce(array_agg(n.lane), '{}'), coalesce(array_agg(n.step_id), '{}') INTO v_lanes, v_steps FROM (
    SELECT l.lane, (SELECT s.id FROM runs.step s WHERE s.run_id = p_run_id AND s.lane = l.lane AND s.status = 'queued' AND s.phase = p_phase
      ORDER BY s.run_id, s.lane, s.idx LIMIT 1) AS step_id
    FROM runs.lane l WHERE l.run_id = p_run_id AND l.state = 'waiting' ORDER BY l.lane LIMIT v_free
  ) n;
  UPDATE runs.lane SET state = 'open' WHERE run_id = p_run_id AND lane = ANY (v_lanes);
  PERFORM runs.queue_steps(v_steps, v_run.priority, greatest(v_run.phase_opens_at, v_now));
END $$;

GRANT EXECUTE ON FUNCTION runs.finish_steps TO opsc_executor;
