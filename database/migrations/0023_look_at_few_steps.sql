-- Finds the steps to take, and the phase of a run, without a look at all that wait.

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
    -- IS TRUE keeps the planner from the index of all that is ready, which it would read to its end for each step.
    PERFORM FROM runs.live_step
    WHERE step_id = v_step_id AND (state = 'ready') IS TRUE AND available_at <= v_start FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      v_steps := v_steps || v_step_id;
      EXIT WHEN cardinality(v_steps) >= p_max;
    END IF;
  END LOOP;
  RETURN v_steps;
END $$;


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
  SELECT coalesce(phase, idx) INTO v_phase FROM runs.step WHERE run_id = p_run_id AND status IN ('queued', 'running', 'unknown')
  ORDER BY coalesce(phase, idx) LIMIT 1;
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

CREATE OR REPLACE FUNCTION runs.advance_runs(p_run_ids bigint[])
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_rest bigint[];
  v_run_id bigint;
BEGIN
  WITH smooth AS MATERIALIZED (
    SELECT r.id, r.priority, (
      SELECT coalesce(s.phase, s.idx) FROM runs.step s WHERE s.run_id = r.id AND s.status IN ('queued', 'running', 'unknown')
      ORDER BY coalesce(s.phase, s.idx) LIMIT 1) AS phase
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
