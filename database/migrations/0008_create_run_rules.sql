-- Makes illegal moves of runs and steps impossible, and lets a run go on in the transaction that ends its step.
--
-- Order of locks, so that nobody waits in a circle: own rows of live_step, then runs in the order of id, then steps.
-- Whoever holds a run takes rows of live_step with SKIP LOCKED only; who holds such a row looks at the run next.

CREATE FUNCTION runs.guard_run() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.status = OLD.status AND NEW.finished_at IS NOT DISTINCT FROM OLD.finished_at
     OR (OLD.status, NEW.status) IN (
       ('queued', 'running'), ('queued', 'canceled'),
       ('running', 'succeeded'), ('running', 'failed'), ('running', 'canceled'), ('running', 'needs_attention'),
       ('needs_attention', 'running'), ('needs_attention', 'succeeded'), ('needs_attention', 'failed'), ('needs_attention', 'canceled'))
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'run % cannot go from % to %', OLD.id, OLD.status, NEW.status USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER run_guard BEFORE UPDATE ON runs.run FOR EACH ROW EXECUTE FUNCTION runs.guard_run();

CREATE FUNCTION runs.guard_step() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.finished_at IS NULL AND NEW.epoch >= OLD.epoch AND (NEW.status = OLD.status OR (OLD.status, NEW.status) IN (
       ('queued', 'running'), ('queued', 'aborted'), ('queued', 'skipped'),
       ('running', 'queued'), ('running', 'succeeded'), ('running', 'failed'), ('running', 'aborted'), ('running', 'skipped'), ('running', 'unknown'),
       ('unknown', 'queued'), ('unknown', 'succeeded'), ('unknown', 'failed'), ('unknown', 'aborted')))
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'step % cannot go from % to %', OLD.id, OLD.status, NEW.status USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER step_guard BEFORE UPDATE ON runs.step FOR EACH ROW EXECUTE FUNCTION runs.guard_step();

-- A transaction ends one step at most in these ways, so nobody waits for a tally in a circle.
CREATE FUNCTION runs.tally_step() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO runs.step_tally AS t (slot, status, steps) VALUES (NEW.run_id % 16, NEW.status, 1)
  ON CONFLICT (slot, status) DO UPDATE SET steps = t.steps + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER step_tally AFTER UPDATE ON runs.step FOR EACH ROW
  WHEN (NEW.status <> OLD.status AND NEW.status IN ('succeeded', 'failed')) EXECUTE FUNCTION runs.tally_step();

CREATE FUNCTION runs.record_events(p_run_id bigint, p_kind text, p_step_ids bigint[], p_data jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_count int := cardinality(p_step_ids);
  v_base bigint;
BEGIN
  IF v_count = 0 THEN
    RETURN;
  END IF;
  UPDATE runs.run SET event_seq = event_seq + v_count WHERE id = p_run_id RETURNING event_seq - v_count INTO STRICT v_base;
  INSERT INTO runs.event (run_id, seq, kind, step_id, data, at)
  SELECT p_run_id, v_base + s.place, p_kind, s.id, p_data, clock_timestamp()
  FROM unnest(p_step_ids) WITH ORDINALITY AS s(id, place);
END $$;
COMMENT ON FUNCTION runs.record_events IS 'Adds one event per step; an array with one null adds one about the run.';

CREATE FUNCTION runs.set_run_status(p_run_id bigint, p_status text, p_reason text)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
BEGIN
  UPDATE runs.run SET
    status = p_status,
    reason = p_reason,
    started_at = CASE WHEN p_status = 'canceled' THEN started_at ELSE coalesce(started_at, v_now) END,
    finished_at = CASE WHEN p_status IN ('succeeded', 'failed', 'canceled') THEN v_now END
  WHERE id = p_run_id AND status <> p_status;
  IF FOUND THEN
    PERFORM runs.record_events(p_run_id, 'run.' || p_status, ARRAY[NULL::bigint], jsonb_strip_nulls(jsonb_build_object('reason', p_reason)));
  END IF;
END $$;
COMMENT ON FUNCTION runs.set_run_status IS 'Moves a run and says so in an event; the caller holds the run.';

CREATE FUNCTION runs.abort_waiting(p_run_id bigint, p_reason text)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_gone bigint[];
BEGIN
  -- A row that a claim holds is left: that claim looks at the run next and aborts the step itself.
  DELETE FROM runs.live_step WHERE step_id IN (
    SELECT step_id FROM runs.live_step WHERE run_id = p_run_id AND state = 'ready' FOR UPDATE SKIP LOCKED);
  WITH gone AS (
    UPDATE runs.step s SET status = 'aborted', reason = p_reason, finished_at = clock_timestamp()
    WHERE s.run_id = p_run_id AND s.status = 'queued'
      AND NOT EXISTS (SELECT FROM runs.live_step l WHERE l.step_id = s.id)
    RETURNING s.id, s.idx
  )
  SELECT coalesce(array_agg(id ORDER BY idx, id), '{}') INTO v_gone FROM gone;
  PERFORM runs.record_events(p_run_id, 'step.aborted', v_gone, jsonb_build_object('reason', p_reason));
END $$;
COMMENT ON FUNCTION runs.abort_waiting IS 'Aborts the steps of a run that have not started; the caller holds the run.';

CREATE FUNCTION runs.finish_run(p_run_id bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_canceled boolean;
  v_reason text;
BEGIN
  SELECT cancel_requested_at IS NOT NULL INTO STRICT v_canceled FROM runs.run WHERE id = p_run_id;
  SELECT coalesce(reason, 'step_failed') INTO v_reason FROM runs.step
  WHERE run_id = p_run_id AND status IN ('failed', 'aborted') AND on_error <> 'ignore'
  ORDER BY idx, finished_at, id LIMIT 1;
  IF v_canceled THEN
    PERFORM runs.set_run_status(p_run_id, 'canceled', 'canceled');
  ELSIF v_reason IS NOT NULL THEN
    PERFORM runs.set_run_status(p_run_id, 'failed', v_reason);
  ELSE
    PERFORM runs.set_run_status(p_run_id, 'succeeded', NULL);
  END IF;
END $$;
COMMENT ON FUNCTION runs.finish_run IS 'Gives a run its final status once all its steps are final; the caller holds the run.';

CREATE FUNCTION runs.halt_run(p_run_id bigint)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_halt text;
BEGIN
  UPDATE runs.run r SET halt_reason = CASE WHEN cancel_requested_at IS NOT NULL THEN 'canceled' ELSE 'step_failed' END
  WHERE id = p_run_id AND halt_reason IS NULL AND (
    cancel_requested_at IS NOT NULL
    OR EXISTS (SELECT FROM runs.step s WHERE s.run_id = r.id AND s.status IN ('failed', 'aborted') AND s.on_error = 'stop'));
  SELECT halt_reason INTO v_halt FROM runs.run WHERE id = p_run_id;
  RETURN v_halt;
END $$;
COMMENT ON FUNCTION runs.halt_run IS 'Finds out whether no further step may start, and why; the caller holds the run.';

CREATE FUNCTION runs.advance_run(p_run_id bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_halt text := runs.halt_run(p_run_id);
  v_reason text;
BEGIN
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
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM runs.run WHERE id = p_run_id AND status = 'needs_attention') THEN
    PERFORM runs.set_run_status(p_run_id, 'running', NULL);
  END IF;
  -- Steps of the next place start together, once all before them are final.
  INSERT INTO runs.live_step (step_id, run_id, priority, epoch)
  SELECT s.id, s.run_id, r.priority, s.epoch
  FROM runs.step s JOIN runs.run r ON r.id = s.run_id
  WHERE s.run_id = p_run_id AND s.status = 'queued' AND v_halt IS NULL
    AND s.idx = (SELECT min(idx) FROM runs.step WHERE run_id = p_run_id AND status IN ('queued', 'running', 'unknown'))
    AND NOT EXISTS (SELECT FROM runs.live_step l WHERE l.run_id = p_run_id);
END $$;
COMMENT ON FUNCTION runs.advance_run IS 'Does what a run needs next: abort, end, ask a person or start steps. Safe to repeat; the caller holds the run.';

CREATE FUNCTION runs.requeue_step(p_step_id bigint, p_run_id bigint, p_reason text, p_delay_seconds double precision)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE runs.live_step SET state = 'ready', worker = NULL, lease_until = NULL,
    available_at = clock_timestamp() + make_interval(secs => p_delay_seconds)
  WHERE step_id = p_step_id;
  UPDATE runs.step SET status = 'queued', reason = p_reason, sent_at = NULL, started_at = NULL WHERE id = p_step_id;
  PERFORM runs.record_events(p_run_id, 'step.queued', ARRAY[p_step_id], jsonb_strip_nulls(jsonb_build_object('reason', p_reason)));
END $$;
COMMENT ON FUNCTION runs.requeue_step IS 'Puts a claimed step back; the caller holds its row of live_step and the run.';
