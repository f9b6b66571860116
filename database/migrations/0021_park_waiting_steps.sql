-- Lets a step wait for hours without a place at an executor: it goes back to the queue until it is time to look again.

ALTER TABLE runs.step
  ADD COLUMN waits_since timestamptz,
  ADD COLUMN waits_try int CONSTRAINT step_waits_try_check CHECK (waits_try >= 0),
  ADD CONSTRAINT step_waits_check CHECK (num_nulls(waits_since, waits_try) IN (0, 2));
COMMENT ON COLUMN runs.step.waits_since IS 'When it began to wait, whoever has claimed it since; null: it has not.';
COMMENT ON COLUMN runs.step.waits_try IS 'How often it had failed by then; the next try waits anew.';

CREATE FUNCTION runs.begin_waiting(p_step_id bigint, p_epoch bigint, p_worker text, p_try int)
RETURNS double precision LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_since timestamptz;
BEGIN
  IF runs.hold_claim(p_step_id, p_epoch, p_worker) IS NULL THEN
    RETURN NULL;
  END IF;
  UPDATE runs.step SET waits_since = CASE WHEN waits_try = p_try THEN waits_since ELSE v_now END, waits_try = p_try
  WHERE id = p_step_id RETURNING waits_since INTO v_since;
  RETURN extract(epoch FROM v_now - v_since);
END $$;
COMMENT ON FUNCTION runs.begin_waiting IS 'Notes that a step waits, once a try; answers with the seconds since then, null if the claim is lost.';

CREATE FUNCTION runs.park_step(p_step_id bigint, p_epoch bigint, p_worker text, p_reason text, p_delay_seconds int)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id bigint := runs.hold_claim(p_step_id, p_epoch, p_worker);
BEGIN
  IF v_run_id IS NULL OR EXISTS (SELECT FROM runs.step WHERE id = p_step_id AND sent_at IS NOT NULL) THEN
    RETURN false;
  END IF;
  PERFORM FROM runs.run WHERE id = v_run_id FOR NO KEY UPDATE;
  UPDATE runs.attempt SET finished_at = clock_timestamp(), outcome = 'released', reason = p_reason WHERE step_id = p_step_id AND epoch = p_epoch;
  PERFORM runs.requeue_step(p_step_id, v_run_id, p_reason, least(greatest(coalesce(p_delay_seconds, 0), 0), 86400));
  PERFORM runs.advance_run(v_run_id);
  RETURN true;
END $$;
COMMENT ON FUNCTION runs.park_step IS 'Hands a step back that waits, to be claimed again after 0..86400 s; false: the claim is lost, or something was sent.';

GRANT EXECUTE ON FUNCTION runs.begin_waiting, runs.park_step TO opsc_executor;
