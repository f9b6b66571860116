-- Lets what a run has done be undone: by a run of its own, which does the undo steps in reverse order.
--
-- A run that was ended by a failure starts it in the transaction that ends the run, and hands its locks over to it: nobody
-- comes between. A fleet that went on without some targets undoes what was done on those.

ALTER TABLE runs.step ADD COLUMN undo jsonb CONSTRAINT step_undo_check CHECK (jsonb_typeof(undo) = 'object'),
  ADD COLUMN undoes bigint CONSTRAINT step_undoes_fk REFERENCES runs.step ON DELETE SET NULL;
COMMENT ON COLUMN runs.step.undo IS 'The step that undoes this one on its target, {name, kind, credential_id, spec, shell, timeout_sec, on_error, idempotent, options, locks, lock_slots, mutates}; null: it is not undone.';
COMMENT ON COLUMN runs.step.undoes IS 'The step that this one undoes; null: none, or it is gone.';
CREATE INDEX step_undo_idx ON runs.step (run_id) WHERE undo IS NOT NULL;
CREATE INDEX step_undoes_idx ON runs.step (undoes) WHERE undoes IS NOT NULL;
GRANT INSERT (undo) ON runs.step TO opsc_jobs;

ALTER TABLE runs.run ADD COLUMN undoes bigint CONSTRAINT run_undoes_fk REFERENCES runs.run ON DELETE SET NULL;
COMMENT ON COLUMN runs.run.undoes IS 'The run whose steps this one undoes; null: none, or it is gone.';
CREATE INDEX run_undoes_idx ON runs.run (undoes) WHERE undoes IS NOT NULL;
CREATE UNIQUE INDEX run_undoes_open_key ON runs.run (undoes) WHERE undoes IS NOT NULL AND finished_at IS NULL;

CREATE FUNCTION runs.is_undone(p_step_id bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM runs.step u WHERE u.undoes = p_step_id AND u.status IN ('succeeded', 'skipped'))
$$;
COMMENT ON FUNCTION runs.is_undone IS 'Whether a step was undone, or there was nothing to undo.';
GRANT EXECUTE ON FUNCTION runs.is_undone TO opsc_jobs;

CREATE FUNCTION runs.begin_undo(p_run_id bigint, p_all boolean, p_who text, p_who_name text, p_correlation_id text)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_steps bigint[];
  v_id bigint;
BEGIN
  SELECT array_agg(s.id) INTO v_steps FROM runs.step s
  WHERE s.run_id = p_run_id AND s.undo IS NOT NULL AND s.status = 'succeeded' AND NOT runs.is_undone(s.id)
    AND (p_all OR s.lane IN (SELECT l.lane FROM runs.lane l WHERE l.run_id = p_run_id AND l.state = 'failed'));
  IF v_steps IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO runs.run (job_id, job_name, job_version, priority, requested_by, requested_by_name, parameters, parcel_id, correlation_id,
    strategy, parallel, locks, lock_slots, deadline_at, undoes)
  SELECT r.job_id, r.job_name, r.job_version, r.priority, p_who, p_who_name, r.parameters, r.parcel_id, p_correlation_id,
    r.strategy, r.parallel, r.locks, r.lock_slots, clock_timestamp() + (r.deadline_at - r.queued_at), r.id
  FROM runs.run r WHERE r.id = p_run_id RETURNING id INTO v_id;
  INSERT INTO runs.lane (run_id, lane, target_id, target_name, batch)
  SELECT v_id, l.lane, l.target_id, l.target_name, max(l.batch) OVER () - l.batch FROM runs.lane l
  WHERE l.run_id = p_run_id AND l.lane IN (SELECT s.lane FROM runs.step s WHERE s.id = ANY (v_steps));
  INSERT INTO runs.step (run_id, idx, phase, lane, target_id, target_name, target, name, type, credential_id, spec, shell, timeout_sec,
    on_error, idempotent, options, locks, lock_slots, mutates, undoes)
  SELECT v_id, max(s.idx) OVER () - s.idx, max(coalesce(s.phase, s.idx)) OVER () - coalesce(s.phase, s.idx), s.lane,
    s.target_id, s.target_name, s.target, u.name, u.kind, u.credential_id, u.spec, u.shell, u.timeout_sec,
    u.on_error, u.idempotent, u.options, u.locks, u.lock_slots, u.mutates, s.id
  FROM runs.step s CROSS JOIN LATERAL jsonb_to_record(s.undo) AS u(name text, kind text, credential_id bigint, spec jsonb, shell text,
    timeout_sec int, on_error text, idempotent boolean, options jsonb, locks text[], lock_slots int[], mutates boolean)
  WHERE s.id = ANY (v_steps) ORDER BY s.idx DESC, s.lane;
  UPDATE runs.lock_holder SET run_id = v_id WHERE run_id = p_run_id AND step_id IS NULL;
  PERFORM runs.start_run(v_id);
  RETURN v_id;
END $$;
COMMENT ON FUNCTION runs.begin_undo IS 'Starts a run that undoes the steps of a run that were done and not undone yet: all, or those on targets that were given up; the caller holds the run. Answers with its id, null if there is nothing to undo.';

CREATE FUNCTION runs.undo_run(p_run_id bigint, p_who text, p_who_name text, p_correlation_id text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM runs.run WHERE id = p_run_id AND finished_at IS NOT NULL FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN runs.begin_undo(p_run_id, true, p_who, p_who_name, p_correlation_id);
END $$;
COMMENT ON FUNCTION runs.undo_run IS 'Starts a run that undoes one that is over, for a person. Answers with its id, null if there is nothing to undo; a unique violation of run_undoes_open_key: one is under way.';
GRANT EXECUTE ON FUNCTION runs.undo_run TO opsc_jobs;

CREATE OR REPLACE FUNCTION runs.finish_run(p_run_id bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run record;
  v_reason text;
  v_undo bigint;
BEGIN
  SELECT * INTO STRICT v_run FROM runs.run WHERE id = p_run_id;
  SELECT coalesce(reason, 'step_failed') INTO v_reason FROM runs.step
  WHERE run_id = p_run_id AND status IN ('failed', 'aborted') AND on_error <> 'ignore'
  ORDER BY idx, finished_at, id LIMIT 1;
  IF v_run.halt_reason IN ('max_failures', 'wave_failed', 'timed_out') THEN
    v_reason := v_run.halt_reason;
  END IF;
  IF v_run.cancel_requested_at IS NOT NULL THEN
    PERFORM runs.set_run_status(p_run_id, 'canceled', 'canceled');
  ELSIF v_reason IS NULL THEN
    PERFORM runs.set_run_status(p_run_id, 'succeeded', NULL);
  ELSIF v_run.undoes IS NOT NULL THEN
    PERFORM runs.set_run_status(p_run_id, 'failed', 'compensation_failed');
  ELSE
    v_undo := runs.begin_undo(p_run_id, v_run.halt_reason IS NOT NULL, v_run.requested_by, v_run.requested_by_name, v_run.correlation_id);
    IF v_undo IS NOT NULL THEN
      PERFORM runs.record_events(p_run_id, 'run.undo_started', ARRAY[NULL::bigint], jsonb_build_object('undo_run_id', v_undo));
      INSERT INTO audit.entry (actor_kind, actor_id, on_behalf_of, action, object_kind, object_id, object_name, change, request_id)
      VALUES ('system', 'runs', v_run.requested_by, 'run.undo_started', 'run', v_undo, v_run.job_name,
        jsonb_build_object('undoes', p_run_id, 'reason', v_reason), v_run.correlation_id);
    END IF;
    PERFORM runs.set_run_status(p_run_id, 'failed', v_reason);
  END IF;
END $$;

-- As before, but what was undone is to be done again.
CREATE OR REPLACE FUNCTION runs.carry_over(p_run_id bigint, p_from bigint)
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
    AND (o.status = 'succeeded' OR o.status = 'skipped' AND o.reason = 'done_before' OR o.status = 'failed' AND o.on_error = 'ignore')
    AND (o.undo IS NULL OR NOT runs.is_undone(o.id));
  GET DIAGNOSTICS v_done = ROW_COUNT;
  RETURN v_done;
END $$;

-- As before, and a step that waits for a run waits for what undoes that as well.
CREATE OR REPLACE FUNCTION runs.wake_parent() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Who claims the step at this moment looks at this run by itself.
  UPDATE runs.live_step SET available_at = clock_timestamp() WHERE step_id IN (
    SELECT step_id FROM runs.live_step
    WHERE step_id = coalesce(NEW.parent_step_id, (SELECT r.parent_step_id FROM runs.run r WHERE r.id = NEW.undoes))
      AND state = 'ready' AND available_at > clock_timestamp() FOR UPDATE SKIP LOCKED);
  RETURN NULL;
END $$;
DROP TRIGGER run_parent ON runs.run;
CREATE TRIGGER run_parent AFTER UPDATE ON runs.run FOR EACH ROW
  WHEN (num_nonnulls(NEW.parent_step_id, NEW.undoes) > 0 AND OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL)
  EXECUTE FUNCTION runs.wake_parent();
