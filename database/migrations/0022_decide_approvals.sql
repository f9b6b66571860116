-- Lets a run wait for the word of a person: the step is unknown, for the reason approval_needed, until it is decided.

CREATE FUNCTION runs.decide_approval(p_step_id bigint, p_status text, p_reason text, p_who text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id bigint;
  v_status text;
BEGIN
  IF p_status IS NULL OR p_status NOT IN ('succeeded', 'failed') THEN
    RAISE EXCEPTION 'an approval cannot be decided as %', p_status USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT r.id INTO v_run_id FROM runs.run r WHERE r.id = (SELECT run_id FROM runs.step WHERE id = p_step_id) FOR NO KEY UPDATE;
  UPDATE runs.step SET status = p_status, reason = p_reason, finished_at = clock_timestamp()
  WHERE id = p_step_id AND status = 'unknown' AND type = 'approval';
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  PERFORM runs.record_events(v_run_id, 'step.' || p_status, ARRAY[p_step_id], jsonb_build_object('reason', p_reason, 'by', p_who));
  PERFORM runs.advance_run(v_run_id);
  SELECT status INTO v_status FROM runs.run WHERE id = v_run_id;
  RETURN v_status;
END $$;
COMMENT ON FUNCTION runs.decide_approval IS 'Ends a step that waits for approval. Answers with the status of the run, null if the step does not wait.';

CREATE FUNCTION runs.expire_approvals(p_limit int)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_step_id bigint;
  v_count int := 0;
BEGIN
  FOR v_step_id IN
    SELECT s.id FROM runs.step s JOIN runs.run r ON r.id = s.run_id
    WHERE s.status = 'unknown' AND s.type = 'approval'
      AND (s.sent_at + make_interval(secs => s.timeout_sec) <= clock_timestamp() OR r.halt_reason IS NOT NULL)
    ORDER BY s.run_id, s.id LIMIT p_limit
  LOOP
    IF runs.decide_approval(v_step_id, 'failed', 'approval_timed_out', 'system') IS NOT NULL THEN
      v_count := v_count + 1;
    END IF;
  END LOOP;
  RETURN v_count;
END $$;
COMMENT ON FUNCTION runs.expire_approvals IS 'Fails steps that nobody has approved in time, or whose run is to end; answers how many.';

GRANT EXECUTE ON FUNCTION runs.decide_approval, runs.expire_approvals TO opsc_jobs;
