-- Lets a run be repeated: all of it, on the targets that failed, or from the steps on that are not done.

ALTER TABLE runs.run ADD COLUMN repeats bigint CONSTRAINT run_repeats_fk REFERENCES runs.run ON DELETE SET NULL,
  ADD COLUMN repeat_scope text CONSTRAINT run_repeat_scope_check CHECK (repeat_scope IN ('all', 'failed', 'rest'));
COMMENT ON COLUMN runs.run.repeats IS 'The run that this one repeats; null: none, or it is gone.';
COMMENT ON COLUMN runs.run.repeat_scope IS 'What of it: all, failed (the targets with trouble), rest (what was not done).';
CREATE INDEX run_repeats_idx ON runs.run (repeats) WHERE repeats IS NOT NULL;
GRANT INSERT (repeats, repeat_scope) ON runs.run TO opsc_jobs;

CREATE FUNCTION runs.carry_over(p_run_id bigint, p_from bigint)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_done bigint;
BEGIN
  PERFORM FROM runs.run WHERE id = p_run_id AND status = 'queued' AND event_seq = 0 AND repeats = p_from FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'run % does not repeat run %, or has begun', p_run_id, p_from USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE runs.step n SET status = 'skipped', reason = 'done_before', finished_at = clock_timestamp(),
    exit_code = o.exit_code, stdout = o.stdout, stderr = o.stderr, metrics = o.metrics
  FROM runs.step o
  WHERE n.run_id = p_run_id AND o.run_id = p_from AND o.idx = n.idx AND o.target_id IS NOT DISTINCT FROM n.target_id
    AND (o.status = 'succeeded' OR o.status = 'skipped' AND o.reason = 'done_before' OR o.status = 'failed' AND o.on_error = 'ignore');
  GET DIAGNOSTICS v_done = ROW_COUNT;
  RETURN v_done;
END $$;
COMMENT ON FUNCTION runs.carry_over IS 'Marks the steps of a repeated run as done that were done before, with their results; before it starts. Answers with their number.';
GRANT EXECUTE ON FUNCTION runs.carry_over TO opsc_jobs;
