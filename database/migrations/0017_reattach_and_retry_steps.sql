-- Lets an executor find a command again that another one, or an earlier connection, has started.
--
-- A step whose command was started apart from its connection has a name on the target (`remote`). It is never sent again
-- for a lost executor, but followed: so it goes back to the queue with the time at which it was sent, and only an executor
-- can end it. A step whose definition says so is tried again when it has failed.

ALTER TABLE runs.step ADD COLUMN remote text CONSTRAINT step_remote_check CHECK (length(remote) BETWEEN 1 AND 200);
COMMENT ON COLUMN runs.step.remote IS 'Name of the command on its target, under which it can be followed; null: it ends with its connection, or was not sent.';
ALTER TABLE runs.step DROP CONSTRAINT step_sent_check;
ALTER TABLE runs.step ADD CONSTRAINT step_sent_check CHECK (sent_at IS NULL OR status <> 'queued' OR remote IS NOT NULL);

ALTER TABLE runs.step ADD COLUMN options jsonb NOT NULL DEFAULT '{}' CONSTRAINT step_options_check CHECK (jsonb_typeof(options) = 'object');
COMMENT ON COLUMN runs.step.options IS 'What its definition says beside its work: when it is skipped, how often it is tried again, the name of its result.';
GRANT INSERT (options) ON runs.step TO opsc_jobs;

CREATE OR REPLACE FUNCTION runs.requeue_step(p_step_id bigint, p_run_id bigint, p_reason text, p_delay_seconds double precision)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE runs.live_step SET state = 'ready', worker = NULL, lease_until = NULL,
    available_at = clock_timestamp() + make_interval(secs => p_delay_seconds)
  WHERE step_id = p_step_id;
  UPDATE runs.step SET status = 'queued', reason = p_reason, sent_at = CASE WHEN remote IS NOT NULL THEN sent_at END, started_at = NULL
  WHERE id = p_step_id;
  PERFORM runs.record_events(p_run_id, 'step.queued', ARRAY[p_step_id], jsonb_strip_nulls(jsonb_build_object('reason', p_reason)));
END $$;

CREATE OR REPLACE FUNCTION runs.abort_waiting(p_run_id bigint, p_reason text)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_gone bigint[];
BEGIN
  -- A row that a claim holds is left: that claim looks at the run next and aborts the step itself.
  -- One that goes on at its target is left as well: an executor ends it.
  DELETE FROM runs.live_step WHERE step_id IN (
    SELECT l.step_id FROM runs.live_step l JOIN runs.step s ON s.id = l.step_id
    WHERE l.run_id = p_run_id AND l.state = 'ready' AND s.remote IS NULL FOR UPDATE OF l SKIP LOCKED);
  WITH gone AS (
    UPDATE runs.step s SET status = 'aborted', reason = p_reason, finished_at = clock_timestamp()
    WHERE s.run_id = p_run_id AND s.status = 'queued'
      AND NOT EXISTS (SELECT FROM runs.live_step l WHERE l.step_id = s.id)
    RETURNING s.id, s.idx
  )
  SELECT coalesce(array_agg(id ORDER BY idx, id), '{}') INTO v_gone FROM gone;
  PERFORM runs.record_events(p_run_id, 'step.aborted', v_gone, jsonb_build_object('reason', p_reason));
END $$;

-- The next migration makes it anew, with a longer answer.
DROP FUNCTION runs.claim_steps;

DROP FUNCTION runs.mark_sent;
CREATE FUNCTION runs.mark_sent(p_step_id bigint, p_epoch bigint, p_worker text, p_remote text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz;
BEGIN
  IF runs.hold_claim(p_step_id, p_epoch, p_worker) IS NULL
     OR NOT EXISTS (SELECT FROM runs.live_step WHERE step_id = p_step_id AND lease_until > clock_timestamp()) THEN
    RETURN false;
  END IF;
  v_now := clock_timestamp();
  UPDATE runs.step SET remote = p_remote,
    sent_at = CASE WHEN remote IS NOT DISTINCT FROM p_remote THEN coalesce(sent_at, v_now) ELSE v_now END
  WHERE id = p_step_id;
  UPDATE runs.attempt SET sent_at = coalesce(sent_at, v_now) WHERE step_id = p_step_id AND epoch = p_epoch;
  RETURN true;
END $$;
COMMENT ON FUNCTION runs.mark_sent IS 'Notes that the command is about to be sent; false: the claim is lost or its lease ran out, do not send.';

CREATE OR REPLACE FUNCTION runs.release_step(p_step_id bigint, p_epoch bigint, p_worker text, p_reason text, p_delay_seconds int DEFAULT 0)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id bigint := runs.hold_claim(p_step_id, p_epoch, p_worker);
BEGIN
  IF v_run_id IS NULL OR EXISTS (SELECT FROM runs.step WHERE id = p_step_id AND sent_at IS NOT NULL AND NOT idempotent AND remote IS NULL) THEN
    RETURN false;
  END IF;
  PERFORM FROM runs.run WHERE id = v_run_id FOR NO KEY UPDATE;
  UPDATE runs.attempt SET finished_at = clock_timestamp(), outcome = 'released', reason = p_reason WHERE step_id = p_step_id AND epoch = p_epoch;
  PERFORM runs.requeue_step(p_step_id, v_run_id, p_reason, least(greatest(coalesce(p_delay_seconds, 0), 0), 300));
  PERFORM runs.advance_run(v_run_id);
  RETURN true;
END $$;

CREATE FUNCTION runs.retry_step(p_step_id bigint, p_epoch bigint, p_worker text, p_reason text, p_delay_seconds int)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id bigint := runs.hold_claim(p_step_id, p_epoch, p_worker);
BEGIN
  IF v_run_id IS NULL THEN
    RETURN false;
  END IF;
  PERFORM FROM runs.run WHERE id = v_run_id FOR NO KEY UPDATE;
  UPDATE runs.attempt SET finished_at = clock_timestamp(), outcome = 'failed', reason = p_reason WHERE step_id = p_step_id AND epoch = p_epoch;
  UPDATE runs.step SET remote = NULL WHERE id = p_step_id;
  PERFORM runs.requeue_step(p_step_id, v_run_id, p_reason, least(greatest(coalesce(p_delay_seconds, 0), 0), 3600));
  PERFORM runs.advance_run(v_run_id);
  RETURN true;
END $$;
COMMENT ON FUNCTION runs.retry_step IS 'Queues a step again that has failed and is to be tried again after 0..3600 s; false: the claim is lost.';

CREATE OR REPLACE FUNCTION runs.recover_lost(p_limit int)
RETURNS TABLE (step_id bigint, run_id bigint, epoch bigint, worker text, outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_start timestamptz := clock_timestamp();
  v_lost bigint[];
  v_run_id bigint;
  v_step record;
BEGIN
  -- After a start of this database, executors get the time to renew what they could not renew meanwhile.
  IF pg_postmaster_start_time() > v_start - interval '10 s' THEN
    RETURN;
  END IF;
  SELECT array_agg(c.step_id) INTO v_lost FROM (
    SELECT step_id FROM runs.live_step WHERE state = 'claimed' AND lease_until <= v_start
    ORDER BY lease_until LIMIT p_limit FOR UPDATE SKIP LOCKED
  ) c;
  FOR v_run_id IN
    SELECT r.id FROM runs.run r WHERE r.id IN (SELECT l.run_id FROM runs.live_step l WHERE l.step_id = ANY (v_lost))
    ORDER BY r.id FOR NO KEY UPDATE
  LOOP
    FOR v_step IN
      SELECT s.id, s.epoch, s.attempt_count, s.remote, s.sent_at IS NULL OR s.idempotent OR s.remote IS NOT NULL AS again FROM runs.step s
      WHERE s.run_id = v_run_id AND s.id = ANY (v_lost) ORDER BY s.idx, s.id
    LOOP
      UPDATE runs.attempt a SET finished_at = clock_timestamp(), outcome = 'lost', reason = 'lost_executor'
      WHERE a.step_id = v_step.id AND a.epoch = v_step.epoch;
      IF v_step.again THEN
        PERFORM runs.requeue_step(v_step.id, v_run_id, 'lost_executor',
          CASE WHEN v_step.remote IS NULL THEN least(300, 2 * power(2, least(v_step.attempt_count - 1, 10))) ELSE 0 END);
      ELSE
        DELETE FROM runs.live_step l WHERE l.step_id = v_step.id;
        UPDATE runs.step s SET status = 'unknown', reason = 'lost_executor' WHERE s.id = v_step.id;
        PERFORM runs.record_events(v_run_id, 'step.unknown', ARRAY[v_step.id], '{"reason": "lost_executor"}');
      END IF;
    END LOOP;
    PERFORM runs.advance_run(v_run_id);
    RETURN QUERY
      SELECT s.id, s.run_id, s.epoch, s.worker, CASE s.status WHEN 'queued' THEN 'requeued' ELSE s.status END
      FROM runs.step s WHERE s.run_id = v_run_id AND s.id = ANY (v_lost) ORDER BY s.idx, s.id;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION runs.resolve_step(p_step_id bigint, p_decision text, p_who text)
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
    UPDATE runs.step SET status = 'queued', reason = 'resolved', sent_at = NULL, started_at = NULL, remote = NULL, attempt_count = 0,
      queued_at = clock_timestamp()
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

COMMENT ON FUNCTION runs.recover_lost IS 'Takes steps back whose lease ran out: requeued if surely safe to send again or to be followed, else unknown; aborted if the run ended meanwhile.';

GRANT EXECUTE ON FUNCTION runs.mark_sent, runs.retry_step TO opsc_executor;
