-- Lets a person cancel some steps of a run: as if they had failed for the reason canceled.

ALTER TABLE runs.step ADD COLUMN cancel_requested_at timestamptz,
  ADD COLUMN cancel_requested_by text,
  ADD CONSTRAINT step_cancel_check CHECK (num_nulls(cancel_requested_at, cancel_requested_by) IN (0, 2));
COMMENT ON COLUMN runs.step.cancel_requested_at IS 'When somebody asked to cancel this step; counts unless it was queued again after that.';
COMMENT ON COLUMN runs.step.cancel_requested_by IS 'User id of who asked.';

CREATE FUNCTION runs.cancel_steps(p_run_id bigint, p_steps bigint[], p_who text)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz;
  v_open bigint[];
  v_gone bigint[];
  v_asked bigint[];
BEGIN
  PERFORM FROM runs.run WHERE id = p_run_id AND finished_at IS NULL FOR NO KEY UPDATE;
  SELECT coalesce(array_agg(id ORDER BY idx, id), '{}') INTO v_open FROM runs.step
  WHERE run_id = p_run_id AND id = ANY (p_steps) AND finished_at IS NULL;
  IF v_open = '{}' THEN
    RETURN 0;
  END IF;
  v_now := clock_timestamp();
  -- A row that a claim holds is left, and so is one that goes on at its target: their executors end them.
  DELETE FROM runs.live_step WHERE step_id IN (
    SELECT l.step_id FROM runs.live_step l JOIN runs.step s ON s.id = l.step_id
    WHERE l.step_id = ANY (v_open) AND l.state = 'ready' AND s.remote IS NULL FOR UPDATE OF l SKIP LOCKED);
  WITH asked AS (
    UPDATE runs.step SET cancel_requested_at = v_now, cancel_requested_by = p_who
    WHERE id = ANY (v_open) AND (cancel_requested_at IS NULL OR cancel_requested_at <= queued_at) RETURNING id, idx
  )
  SELECT coalesce(array_agg(id ORDER BY idx, id), '{}') INTO v_asked FROM asked;
  PERFORM runs.record_events(p_run_id, 'step.cancel_requested', v_asked, jsonb_build_object('by', p_who));
  -- Who cancels a step of unknown outcome has seen that it may have happened.
  WITH gone AS (
    UPDATE runs.step s SET status = 'aborted', reason = 'canceled', finished_at = v_now
    WHERE s.id = ANY (v_open) AND (s.status = 'unknown'
      OR s.status = 'queued' AND NOT EXISTS (SELECT FROM runs.live_step l WHERE l.step_id = s.id))
    RETURNING s.id, s.idx
  )
  SELECT coalesce(array_agg(id ORDER BY idx, id), '{}') INTO v_gone FROM gone;
  PERFORM runs.record_events(p_run_id, 'step.aborted', v_gone, jsonb_build_object('reason', 'canceled', 'by', p_who));
  -- What never started tells its lane nothing by itself.
  UPDATE runs.lane l SET state = CASE
      WHEN g.stops THEN 'failing'
      WHEN l.state = 'open' AND NOT EXISTS (SELECT FROM runs.step s WHERE s.run_id = p_run_id AND s.lane = l.lane AND s.status IN ('running', 'unknown'))
        AND NOT EXISTS (SELECT FROM runs.live_step a JOIN runs.step s ON s.id = a.step_id WHERE a.run_id = p_run_id AND s.lane = l.lane) THEN 'next'
      ELSE l.state END
  FROM (SELECT lane, bool_or(on_error = 'stop') AS stops FROM runs.step
    WHERE id = ANY (v_gone) AND lane IS NOT NULL AND started_at IS NULL GROUP BY lane) g
  WHERE l.run_id = p_run_id AND l.lane = g.lane AND l.state <> 'failed';
  -- A run that never started is started for a moment before it ends: it failed, and nobody has canceled all of it.
  IF EXISTS (SELECT FROM runs.run WHERE id = p_run_id AND status = 'queued')
    AND (EXISTS (SELECT FROM runs.step WHERE id = ANY (v_gone) AND on_error = 'stop')
      OR NOT EXISTS (SELECT FROM runs.step WHERE run_id = p_run_id AND status = 'queued')) THEN
    PERFORM runs.set_run_status(p_run_id, 'running', NULL);
  END IF;
  PERFORM runs.advance_run(p_run_id);
  RETURN cardinality(v_open);
END $$;
COMMENT ON FUNCTION runs.cancel_steps IS 'Cancels steps of a run: at once those that do not run, the others as soon as their executors confirm. Answers how many were not over.';
GRANT EXECUTE ON FUNCTION runs.cancel_steps TO opsc_jobs;

-- As before, but a target that was given up stays so when a step that was still running ends well.
CREATE OR REPLACE FUNCTION runs.leave_steps() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM changed WHERE finished_at IS NOT NULL) THEN
    RETURN NULL;
  END IF;
  INSERT INTO runs.step_tally AS t (slot, status, steps)
  SELECT pg_backend_pid() % 16, c.status, count(*) FROM changed c WHERE c.status IN ('succeeded', 'failed') GROUP BY c.status ORDER BY c.status
  ON CONFLICT (slot, status) DO UPDATE SET steps = t.steps + excluded.steps;
  UPDATE runs.lane l SET state = CASE WHEN c.status IN ('failed', 'aborted') AND c.on_error = 'stop' THEN 'failing' ELSE 'next' END
  FROM changed c WHERE c.finished_at IS NOT NULL AND c.started_at IS NOT NULL AND l.run_id = c.run_id AND l.lane = c.lane AND l.state <> 'failed';
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION runs.renew(p_worker text, p_step_ids bigint[], p_epochs bigint[], p_lease_seconds int)
RETURNS TABLE (step_id bigint, epoch bigint, still_mine boolean, cancel_requested boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF cardinality(p_step_ids) IS DISTINCT FROM cardinality(p_epochs) OR p_lease_seconds IS NULL OR p_lease_seconds NOT BETWEEN 1 AND 3600 THEN
    RAISE EXCEPTION 'renew needs one epoch per step and a lease of 1..3600 s' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN QUERY
    WITH asked AS (
      SELECT a.step_id, a.epoch FROM unnest(p_step_ids, p_epochs) AS a(step_id, epoch)
    ), held AS (
      SELECT l.step_id, l.epoch FROM runs.live_step l JOIN asked a ON a.step_id = l.step_id AND a.epoch = l.epoch
      WHERE l.state = 'claimed' AND l.worker = p_worker
      ORDER BY l.step_id FOR UPDATE OF l
    ), renewed AS (
      UPDATE runs.live_step l SET lease_until = clock_timestamp() + make_interval(secs => p_lease_seconds)
      FROM held h WHERE l.step_id = h.step_id
      RETURNING l.step_id, l.epoch, l.run_id
    )
    SELECT a.step_id, a.epoch, n.step_id IS NOT NULL,
      coalesce(r.cancel_requested_at IS NOT NULL OR r.halt_reason = 'timed_out' OR s.cancel_requested_at > s.queued_at, false)
    FROM asked a
    LEFT JOIN renewed n ON n.step_id = a.step_id AND n.epoch = a.epoch
    LEFT JOIN runs.step s ON s.id = n.step_id
    LEFT JOIN runs.run r ON r.id = n.run_id;
END $$;
