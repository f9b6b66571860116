-- Lets many executors share the work without doing a step twice: claim, lease, fence.

CREATE FUNCTION runs.claim_steps(p_worker text, p_max int, p_lease_seconds int)
RETURNS TABLE (
  step_id bigint, run_id bigint, job_id bigint, job_name text, requested_by text, correlation_id text, parameters jsonb,
  idx int, name text, type text, target_id bigint, target_name text, target jsonb, credential_id bigint, spec jsonb, shell text,
  timeout_sec int, idempotent boolean, epoch bigint, attempt_count int, lease_until timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_start timestamptz := clock_timestamp();
  v_steps bigint[];
  v_mine bigint[];
  v_run record;
  v_now timestamptz;
BEGIN
  IF coalesce(p_worker, '') = '' OR p_max IS NULL OR p_max NOT BETWEEN 1 AND 1000 OR p_lease_seconds IS NULL OR p_lease_seconds NOT BETWEEN 1 AND 3600 THEN
    RAISE EXCEPTION 'claim_steps needs a worker, 1..1000 steps and a lease of 1..3600 s' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT array_agg(c.step_id) INTO v_steps FROM (
    SELECT step_id FROM runs.live_step WHERE state = 'ready' AND available_at <= v_start
    ORDER BY priority DESC, available_at, step_id LIMIT p_max FOR UPDATE SKIP LOCKED
  ) c;
  FOR v_run IN
    SELECT r.id, r.status, r.halt_reason FROM runs.run r
    WHERE r.id IN (SELECT l.run_id FROM runs.live_step l WHERE l.step_id = ANY (v_steps))
    ORDER BY r.id FOR NO KEY UPDATE
  LOOP
    IF v_run.halt_reason IS NOT NULL THEN
      PERFORM runs.advance_run(v_run.id);
      CONTINUE;
    END IF;
    IF v_run.status = 'queued' THEN
      PERFORM runs.set_run_status(v_run.id, 'running', NULL);
    END IF;
    v_now := clock_timestamp();
    WITH claimed AS (
      UPDATE runs.live_step l SET state = 'claimed', worker = p_worker, epoch = l.epoch + 1,
        lease_until = v_now + make_interval(secs => p_lease_seconds)
      WHERE l.step_id = ANY (v_steps) AND l.run_id = v_run.id
      RETURNING l.step_id, l.epoch
    ), moved AS (
      UPDATE runs.step s SET status = 'running', reason = NULL, epoch = c.epoch, worker = p_worker, sent_at = NULL,
        attempt_count = s.attempt_count + 1, started_at = v_now
      FROM claimed c WHERE s.id = c.step_id
      RETURNING s.id, s.idx, s.epoch
    ), tried AS (
      INSERT INTO runs.attempt (step_id, epoch, worker, started_at) SELECT m.id, m.epoch, p_worker, v_now FROM moved m
    )
    SELECT array_agg(m.id ORDER BY m.idx, m.id) INTO v_mine FROM moved m;
    PERFORM runs.record_events(v_run.id, 'step.running', v_mine, jsonb_build_object('worker', p_worker));
    RETURN QUERY
      SELECT s.id, r.id, r.job_id, r.job_name, r.requested_by, r.correlation_id, r.parameters,
        s.idx, s.name, s.type, s.target_id, s.target_name, s.target, s.credential_id, s.spec, s.shell,
        s.timeout_sec, s.idempotent, s.epoch, s.attempt_count, l.lease_until
      FROM runs.step s JOIN runs.run r ON r.id = s.run_id JOIN runs.live_step l ON l.step_id = s.id
      WHERE s.id = ANY (v_mine) ORDER BY s.idx, s.id;
  END LOOP;
END $$;
COMMENT ON FUNCTION runs.claim_steps IS 'Takes up to p_max steps for a worker and answers with all that it needs; each claim has a new epoch.';

CREATE FUNCTION runs.renew(p_worker text, p_step_ids bigint[], p_epochs bigint[], p_lease_seconds int)
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
    SELECT a.step_id, a.epoch, n.step_id IS NOT NULL, coalesce(r.cancel_requested_at IS NOT NULL, false)
    FROM asked a
    LEFT JOIN renewed n ON n.step_id = a.step_id AND n.epoch = a.epoch
    LEFT JOIN runs.run r ON r.id = n.run_id;
END $$;
COMMENT ON FUNCTION runs.renew IS 'Extends the leases of claims that nobody has taken back, and tells which are lost and which runs shall be canceled.';

-- The epoch fences, not the time: a lease that ran out only lets recover_lost take the step back. Until that has happened
-- no one else can have done the step, so a result that was held back by an outage of this database still counts.
CREATE FUNCTION runs.hold_claim(p_step_id bigint, p_epoch bigint, p_worker text)
RETURNS bigint LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT run_id FROM runs.live_step
  WHERE step_id = p_step_id AND epoch = p_epoch AND worker = p_worker AND state = 'claimed'
  FOR UPDATE
$$;
COMMENT ON FUNCTION runs.hold_claim IS 'The fence: locks a claim that nobody has taken back and answers with its run, or null.';

CREATE FUNCTION runs.mark_sent(p_step_id bigint, p_epoch bigint, p_worker text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz;
BEGIN
  IF runs.hold_claim(p_step_id, p_epoch, p_worker) IS NULL
     OR NOT EXISTS (SELECT FROM runs.live_step WHERE step_id = p_step_id AND lease_until > clock_timestamp()) THEN
    RETURN false;
  END IF;
  v_now := clock_timestamp();
  UPDATE runs.step SET sent_at = coalesce(sent_at, v_now) WHERE id = p_step_id;
  UPDATE runs.attempt SET sent_at = coalesce(sent_at, v_now) WHERE step_id = p_step_id AND epoch = p_epoch;
  RETURN true;
END $$;
COMMENT ON FUNCTION runs.mark_sent IS 'Notes that the command is about to be sent; false: the claim is lost or its lease ran out, do not send.';

CREATE FUNCTION runs.finish_step(
  p_step_id bigint, p_epoch bigint, p_worker text, p_status text, p_reason text,
  p_exit_code int, p_stdout text, p_stderr text, p_metrics jsonb
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id bigint;
  v_now timestamptz;
BEGIN
  IF p_status IS NULL OR p_status NOT IN ('succeeded', 'failed', 'aborted', 'skipped', 'unknown') THEN
    RAISE EXCEPTION 'a step cannot finish as %', p_status USING ERRCODE = 'invalid_parameter_value';
  END IF;
  v_run_id := runs.hold_claim(p_step_id, p_epoch, p_worker);
  IF v_run_id IS NULL THEN
    RETURN false;
  END IF;
  IF p_status = 'unknown' AND EXISTS (SELECT FROM runs.step WHERE id = p_step_id AND sent_at IS NULL) THEN
    RAISE EXCEPTION 'step % was not sent, so its outcome is known', p_step_id USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM FROM runs.run WHERE id = v_run_id FOR NO KEY UPDATE;
  v_now := clock_timestamp();
  DELETE FROM runs.live_step WHERE step_id = p_step_id;
  UPDATE runs.step SET status = p_status, reason = p_reason, exit_code = p_exit_code, stdout = p_stdout, stderr = p_stderr,
    metrics = coalesce(p_metrics, '{}'), finished_at = CASE WHEN p_status <> 'unknown' THEN v_now END
  WHERE id = p_step_id;
  UPDATE runs.attempt SET finished_at = v_now, outcome = p_status, reason = p_reason WHERE step_id = p_step_id AND epoch = p_epoch;
  PERFORM runs.record_events(v_run_id, 'step.' || p_status, ARRAY[p_step_id],
    jsonb_strip_nulls(jsonb_build_object('reason', p_reason, 'exit_code', p_exit_code, 'epoch', p_epoch, 'worker', p_worker)));
  PERFORM runs.advance_run(v_run_id);
  RETURN true;
END $$;
COMMENT ON FUNCTION runs.finish_step IS 'Records the outcome of a claim and lets the run go on; false: the claim is lost, drop the result.';

CREATE FUNCTION runs.release_step(p_step_id bigint, p_epoch bigint, p_worker text, p_reason text, p_delay_seconds int DEFAULT 0)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id bigint := runs.hold_claim(p_step_id, p_epoch, p_worker);
BEGIN
  IF v_run_id IS NULL OR EXISTS (SELECT FROM runs.step WHERE id = p_step_id AND sent_at IS NOT NULL AND NOT idempotent) THEN
    RETURN false;
  END IF;
  PERFORM FROM runs.run WHERE id = v_run_id FOR NO KEY UPDATE;
  UPDATE runs.attempt SET finished_at = clock_timestamp(), outcome = 'released', reason = p_reason WHERE step_id = p_step_id AND epoch = p_epoch;
  PERFORM runs.requeue_step(p_step_id, v_run_id, p_reason, least(greatest(coalesce(p_delay_seconds, 0), 0), 300));
  PERFORM runs.advance_run(v_run_id);
  RETURN true;
END $$;
COMMENT ON FUNCTION runs.release_step IS 'Hands a step back, to be claimed again after 0..300 s; false: the claim is lost, or the command may have been sent.';

CREATE FUNCTION runs.recover_lost(p_limit int)
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
      SELECT s.id, s.epoch, s.attempt_count, s.sent_at IS NULL OR s.idempotent AS again FROM runs.step s
      WHERE s.run_id = v_run_id AND s.id = ANY (v_lost) ORDER BY s.idx, s.id
    LOOP
      UPDATE runs.attempt a SET finished_at = clock_timestamp(), outcome = 'lost', reason = 'lost_executor'
      WHERE a.step_id = v_step.id AND a.epoch = v_step.epoch;
      IF v_step.again THEN
        PERFORM runs.requeue_step(v_step.id, v_run_id, 'lost_executor', least(300, 2 * power(2, least(v_step.attempt_count - 1, 10))));
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
COMMENT ON FUNCTION runs.recover_lost IS 'Takes steps back whose lease ran out: requeued if surely safe to send again, else unknown; aborted if the run ended meanwhile.';

CREATE FUNCTION runs.claim_is_current(p_step_id bigint, p_epoch bigint, p_worker text, p_credential_id bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM runs.live_step l JOIN runs.step s ON s.id = l.step_id
    WHERE l.step_id = p_step_id AND l.epoch = p_epoch AND l.worker = p_worker AND l.state = 'claimed'
      AND l.lease_until > clock_timestamp() AND s.credential_id = p_credential_id)
$$;
COMMENT ON FUNCTION runs.claim_is_current IS 'Whether a claim holds now and its step names this credential: the right to get the secret.';

GRANT EXECUTE ON FUNCTION runs.claim_steps, runs.renew, runs.mark_sent, runs.finish_step, runs.release_step, runs.recover_lost TO opsc_executor;
GRANT EXECUTE ON FUNCTION runs.claim_is_current TO opsc_credentials;
