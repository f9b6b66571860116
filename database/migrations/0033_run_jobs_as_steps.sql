-- Lets a step run another job and wait for what becomes of it.

ALTER TABLE runs.run ADD COLUMN parent_step_id bigint CONSTRAINT run_parent_fk REFERENCES runs.step ON DELETE SET NULL,
  ADD COLUMN parent_try int CONSTRAINT run_parent_try_check CHECK (parent_try >= 0),
  ADD CONSTRAINT run_parent_check CHECK (parent_step_id IS NULL OR parent_try IS NOT NULL);
COMMENT ON COLUMN runs.run.parent_step_id IS 'The step that has started this run and waits for it; null: a person has, or the step is gone.';
COMMENT ON COLUMN runs.run.parent_try IS 'How often that step had failed by then: each try has one run.';
CREATE UNIQUE INDEX run_parent_key ON runs.run (parent_step_id, parent_try) WHERE parent_step_id IS NOT NULL;
GRANT INSERT (parent_step_id, parent_try) ON runs.run TO opsc_jobs;

CREATE FUNCTION runs.parent_of_claim(p_step_id bigint, p_epoch bigint, p_worker text)
RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT l.run_id
  FROM runs.live_step l JOIN runs.step s ON s.id = l.step_id
  WHERE l.step_id = p_step_id AND l.epoch = p_epoch AND l.worker = p_worker AND l.state = 'claimed'
    AND l.lease_until > clock_timestamp() AND s.type = 'job'
$$;
COMMENT ON FUNCTION runs.parent_of_claim IS 'The run of a claim that holds now, if its step is to run a job: the right to start that; null: no such claim.';

CREATE FUNCTION runs.wake_parent() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Who claims the step at this moment looks at this run by itself.
  UPDATE runs.live_step SET available_at = clock_timestamp() WHERE step_id IN (
    SELECT step_id FROM runs.live_step
    WHERE step_id = NEW.parent_step_id AND state = 'ready' AND available_at > clock_timestamp() FOR UPDATE SKIP LOCKED);
  RETURN NULL;
END $$;
CREATE TRIGGER run_parent AFTER UPDATE ON runs.run FOR EACH ROW
  WHEN (NEW.parent_step_id IS NOT NULL AND OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION runs.wake_parent();

CREATE FUNCTION runs.cancel_orphans(p_limit int)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id bigint;
  v_count int := 0;
BEGIN
  FOR v_run_id IN
    SELECT r.id FROM runs.run r JOIN runs.step s ON s.id = r.parent_step_id
    WHERE r.finished_at IS NULL AND r.cancel_requested_at IS NULL AND s.finished_at IS NOT NULL ORDER BY r.id LIMIT p_limit
  LOOP
    PERFORM runs.cancel_run(v_run_id, 'system');
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END $$;
COMMENT ON FUNCTION runs.cancel_orphans IS 'Cancels runs whose step no longer waits for them; answers how many.';
GRANT EXECUTE ON FUNCTION runs.parent_of_claim, runs.cancel_orphans TO opsc_jobs;
