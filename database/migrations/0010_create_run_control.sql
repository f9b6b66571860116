-- Lets people start, cancel and rescue runs, each as one step that cannot be half done.

CREATE FUNCTION runs.start_run(p_run_id bigint)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_status text;
  v_events bigint;
  v_steps int;
BEGIN
  SELECT status, event_seq INTO v_status, v_events FROM runs.run WHERE id = p_run_id FOR NO KEY UPDATE;
  IF NOT FOUND OR v_status <> 'queued' OR v_events > 0 THEN
    RETURN v_status;
  END IF;
  SELECT count(*) INTO v_steps FROM runs.step WHERE run_id = p_run_id;
  UPDATE runs.run SET steps_total = v_steps WHERE id = p_run_id;
  PERFORM runs.record_events(p_run_id, 'run.queued', ARRAY[NULL::bigint], jsonb_build_object('steps_total', v_steps));
  IF v_steps = 0 THEN
    PERFORM runs.set_run_status(p_run_id, 'running', NULL);
  END IF;
  PERFORM runs.advance_run(p_run_id);
  SELECT status INTO v_status FROM runs.run WHERE id = p_run_id;
  RETURN v_status;
END $$;
COMMENT ON FUNCTION runs.start_run IS 'Makes the first steps of a run claimable, once all its steps are inserted; answers with its status, null if there is none.';

CREATE FUNCTION runs.cancel_run(p_run_id bigint, p_who text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run record;
  v_status text;
  v_gone bigint[];
BEGIN
  SELECT status, finished_at, cancel_requested_at INTO v_run FROM runs.run WHERE id = p_run_id FOR NO KEY UPDATE;
  IF NOT FOUND OR v_run.finished_at IS NOT NULL THEN
    RETURN v_run.status;
  END IF;
  IF v_run.cancel_requested_at IS NULL THEN
    UPDATE runs.run SET cancel_requested_at = clock_timestamp(), cancel_requested_by = p_who, halt_reason = 'canceled' WHERE id = p_run_id;
    PERFORM runs.record_events(p_run_id, 'run.cancel_requested', ARRAY[NULL::bigint], jsonb_build_object('by', p_who));
  END IF;
  -- A person who cancels a run that waits for attention has seen that these may have happened.
  IF v_run.status = 'needs_attention' THEN
    WITH gone AS (
      UPDATE runs.step SET status = 'aborted', finished_at = clock_timestamp()
      WHERE run_id = p_run_id AND status = 'unknown' RETURNING id, idx
    )
    SELECT coalesce(array_agg(id ORDER BY idx, id), '{}') INTO v_gone FROM gone;
    PERFORM runs.record_events(p_run_id, 'step.aborted', v_gone, jsonb_build_object('by', p_who));
  END IF;
  PERFORM runs.advance_run(p_run_id);
  SELECT status INTO v_status FROM runs.run WHERE id = p_run_id;
  RETURN v_status;
END $$;
COMMENT ON FUNCTION runs.cancel_run IS 'Cancels a run: at once if nothing of it is running, else as soon as the executor confirms. Answers with its status, null if there is none.';

CREATE FUNCTION runs.resolve_step(p_step_id bigint, p_decision text, p_who text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id bigint;
  v_status text;
BEGIN
  IF p_decision IS NULL OR p_decision NOT IN ('succeeded', 'failed', 'retry') THEN
    RAISE EXCEPTION 'a step cannot be resolved as %', p_decision USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT r.id INTO v_run_id FROM runs.run r WHERE r.id = (SELECT run_id FROM runs.step WHERE id = p_step_id) FOR NO KEY UPDATE;
  IF NOT EXISTS (SELECT FROM runs.step WHERE id = p_step_id AND status = 'unknown') THEN
    RETURN NULL;
  END IF;
  IF p_decision = 'retry' THEN
    UPDATE runs.step SET status = 'queued', reason = 'resolved', sent_at = NULL, started_at = NULL, attempt_count = 0, queued_at = clock_timestamp()
    WHERE id = p_step_id;
    INSERT INTO runs.live_step (step_id, run_id, priority, epoch)
    SELECT s.id, s.run_id, r.priority, s.epoch FROM runs.step s JOIN runs.run r ON r.id = s.run_id WHERE s.id = p_step_id;
  ELSE
    UPDATE runs.step SET status = p_decision, reason = 'resolved', finished_at = clock_timestamp() WHERE id = p_step_id;
  END IF;
  PERFORM runs.record_events(v_run_id, CASE p_decision WHEN 'retry' THEN 'step.queued' ELSE 'step.' || p_decision END,
    ARRAY[p_step_id], jsonb_build_object('reason', 'resolved', 'by', p_who));
  PERFORM runs.advance_run(v_run_id);
  SELECT status INTO v_status FROM runs.run WHERE id = v_run_id;
  RETURN v_status;
END $$;
COMMENT ON FUNCTION runs.resolve_step IS 'A person says what became of an unknown step: succeeded, failed or retry. Answers with the status of the run, null if the step is not unknown.';

GRANT EXECUTE ON FUNCTION runs.start_run, runs.cancel_run, runs.resolve_step TO opsc_jobs;
