-- Lets one run work on many targets, and lets runs wait for each other's things.
--
-- Steps of a run are in phases: one begins when all before it are final. Within a phase each target of a fleet goes on by
-- itself, in its lane. A step waits for its target, for limits and for locks in one way: names in runs.lock, taken by the
-- claim and given back when the claim ends. Order of row locks: live_step, runs by id, then runs.lock. A claim takes rows
-- of runs.lock with SKIP LOCKED only and waits for nobody after that, so nobody waits in a circle.

ALTER TABLE runs.run
  ADD COLUMN strategy text CONSTRAINT run_strategy_check CHECK (strategy IN ('target_first', 'step_first', 'dependencies')),
  ADD COLUMN parallel int CONSTRAINT run_parallel_check CHECK (parallel >= 1),
  ADD COLUMN max_failures int CONSTRAINT run_max_failures_check CHECK (max_failures >= 0),
  ADD COLUMN pause_sec int NOT NULL DEFAULT 0 CONSTRAINT run_pause_sec_check CHECK (pause_sec BETWEEN 0 AND 86400),
  ADD COLUMN locks text[] NOT NULL DEFAULT '{}',
  ADD COLUMN lock_slots int[] NOT NULL DEFAULT '{}',
  ADD COLUMN deadline_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
  ADD COLUMN phase int,
  ADD COLUMN phase_opens_at timestamptz,
  ADD CONSTRAINT run_locks_check CHECK (cardinality(locks) = cardinality(lock_slots)),
  DROP CONSTRAINT run_halt_reason_check,
  ADD CONSTRAINT run_halt_reason_check CHECK (halt_reason IN ('canceled', 'step_failed', 'max_failures', 'wave_failed', 'timed_out'));
COMMENT ON COLUMN runs.run.strategy IS 'Order in which a fleet is worked on; null: the run has no fleet.';
COMMENT ON COLUMN runs.run.parallel IS 'Most targets at a time; null: no limit.';
COMMENT ON COLUMN runs.run.max_failures IS 'With more failed targets than this the run is ended; null: no limit.';
COMMENT ON COLUMN runs.run.pause_sec IS 'Seconds between two batches.';
COMMENT ON COLUMN runs.run.locks IS 'Names that the run holds from its first claim to its end.';
COMMENT ON COLUMN runs.run.lock_slots IS 'How many may hold each of them.';
COMMENT ON COLUMN runs.run.deadline_at IS 'When the run is ended if it has not come to an end itself.';
COMMENT ON COLUMN runs.run.phase IS 'The phase of a fleet that has begun last.';
COMMENT ON COLUMN runs.run.phase_opens_at IS 'When its first steps may start.';
CREATE INDEX run_deadline_idx ON runs.run (deadline_at) WHERE finished_at IS NULL;

ALTER TABLE runs.step
  ADD COLUMN lane int CONSTRAINT step_lane_check CHECK (lane >= 0),
  ADD COLUMN phase int CONSTRAINT step_phase_check CHECK (phase >= 0),
  ADD COLUMN locks text[] NOT NULL DEFAULT '{}',
  ADD COLUMN lock_slots int[] NOT NULL DEFAULT '{}',
  ADD COLUMN mutates boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT step_locks_check CHECK (cardinality(locks) = cardinality(lock_slots));
COMMENT ON COLUMN runs.step.lane IS 'Lane of its target; null if it is not a step of a fleet.';
COMMENT ON COLUMN runs.step.phase IS 'It starts once all steps of earlier phases are final; null: its idx.';
COMMENT ON COLUMN runs.step.locks IS 'Names that it holds while it runs.';
COMMENT ON COLUMN runs.step.lock_slots IS 'How many may hold each of them.';
COMMENT ON COLUMN runs.step.mutates IS 'True: no other such step runs on its target meanwhile.';
DROP INDEX runs.step_open_idx;
CREATE INDEX step_open_idx ON runs.step (run_id, coalesce(phase, idx)) WHERE status IN ('queued', 'running', 'unknown');
DROP INDEX runs.step_trouble_idx;
CREATE INDEX step_trouble_idx ON runs.step (run_id, idx) WHERE status IN ('failed', 'aborted') AND lane IS NULL;
CREATE INDEX step_unknown_idx ON runs.step (run_id, idx, id) WHERE status = 'unknown';
CREATE INDEX step_lane_idx ON runs.step (run_id, lane, idx) WHERE lane IS NOT NULL AND status = 'queued';

CREATE TABLE runs.lane (
  run_id       bigint NOT NULL CONSTRAINT lane_run_fk REFERENCES runs.run ON DELETE CASCADE,
  lane         int NOT NULL CONSTRAINT lane_lane_check CHECK (lane >= 0),
  target_id    bigint NOT NULL,
  target_name  text NOT NULL,
  batch        int NOT NULL DEFAULT 0 CONSTRAINT lane_batch_check CHECK (batch >= 0),
  state        text NOT NULL DEFAULT 'done' CONSTRAINT lane_state_check CHECK (state IN ('waiting', 'open', 'next', 'done', 'failing', 'failed')),
  CONSTRAINT lane_pkey PRIMARY KEY (run_id, lane)
);
COMMENT ON TABLE runs.lane IS 'How far one target of a fleet is.';
COMMENT ON COLUMN runs.lane.run_id IS 'Whose fleet.';
COMMENT ON COLUMN runs.lane.lane IS 'Place of the target in the fleet, from 0.';
COMMENT ON COLUMN runs.lane.target_id IS 'Which target; it may be gone.';
COMMENT ON COLUMN runs.lane.target_name IS 'Name of the target at that time.';
COMMENT ON COLUMN runs.lane.batch IS 'Its batch or wave, from 0.';
COMMENT ON COLUMN runs.lane.state IS 'waiting (for its turn in the phase), open (a step of it is under way), next (that has ended), done (for this phase), failing (to be given up), failed.';
CREATE INDEX lane_state_idx ON runs.lane (run_id, state, lane);

CREATE TABLE runs.lock (
  name  text NOT NULL CONSTRAINT lock_pkey PRIMARY KEY CONSTRAINT lock_name_check CHECK (length(name) BETWEEN 1 AND 400),
  held  int NOT NULL DEFAULT 0 CONSTRAINT lock_held_check CHECK (held >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE runs.lock IS 'Things of which only some may be used at a time.';
COMMENT ON COLUMN runs.lock.name IS 'Like target:7 or db:orders.';
COMMENT ON COLUMN runs.lock.held IS 'How many hold it.';

CREATE TABLE runs.lock_holder (
  name     text NOT NULL,
  run_id   bigint NOT NULL CONSTRAINT lock_holder_run_fk REFERENCES runs.run ON DELETE CASCADE,
  step_id  bigint,
  epoch    bigint,
  since    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT lock_holder_key UNIQUE NULLS NOT DISTINCT (name, run_id, step_id)
);
COMMENT ON TABLE runs.lock_holder IS 'Who holds what: as long as its claim, or its run.';
COMMENT ON COLUMN runs.lock_holder.name IS 'What is held.';
COMMENT ON COLUMN runs.lock_holder.run_id IS 'Who holds it.';
COMMENT ON COLUMN runs.lock_holder.step_id IS 'For which step; null: for all of the run.';
COMMENT ON COLUMN runs.lock_holder.epoch IS 'Claim that took it; with the lease of that claim it is given back.';
COMMENT ON COLUMN runs.lock_holder.since IS 'When it was taken.';
CREATE INDEX lock_holder_step_idx ON runs.lock_holder (step_id);
CREATE INDEX lock_holder_run_idx ON runs.lock_holder (run_id) WHERE step_id IS NULL;

CREATE TABLE runs.limits (
  id              boolean NOT NULL DEFAULT true CONSTRAINT limits_pkey PRIMARY KEY CONSTRAINT limits_id_check CHECK (id),
  per_credential  int CONSTRAINT limits_per_credential_check CHECK (per_credential >= 1),
  per_job         int CONSTRAINT limits_per_job_check CHECK (per_job >= 1),
  total           int CONSTRAINT limits_total_check CHECK (total >= 1)
);
COMMENT ON TABLE runs.limits IS 'How many steps may run at a time; one row.';
COMMENT ON COLUMN runs.limits.id IS 'Keeps it at one row.';
COMMENT ON COLUMN runs.limits.per_credential IS 'Steps that use one credential; null: no limit.';
COMMENT ON COLUMN runs.limits.per_job IS 'Steps of one job; null: no limit.';
COMMENT ON COLUMN runs.limits.total IS 'All steps; null: no limit.';
INSERT INTO runs.limits DEFAULT VALUES;

ALTER TABLE runs.live_step
  ADD COLUMN owner text NOT NULL DEFAULT '',
  ADD COLUMN locks text[] NOT NULL DEFAULT '{}',
  ADD COLUMN lock_slots int[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN runs.live_step.owner IS 'User id; users take turns.';
COMMENT ON COLUMN runs.live_step.locks IS 'All that it needs: target, limits, locks of the step and of the run.';
COMMENT ON COLUMN runs.live_step.lock_slots IS 'How many may hold each of them.';
UPDATE runs.live_step l SET owner = r.requested_by FROM runs.run r WHERE r.id = l.run_id;
DROP INDEX runs.live_step_ready_idx;
CREATE INDEX live_step_ready_idx ON runs.live_step (owner, priority DESC, available_at, step_id) WHERE state = 'ready';
CREATE INDEX live_step_owner_idx ON runs.live_step (owner) WHERE state = 'claimed';

CREATE FUNCTION runs.fill_live_step() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  SELECT r.requested_by, coalesce(w.names, '{}'), coalesce(w.slots, '{}') INTO STRICT NEW.owner, NEW.locks, NEW.lock_slots
  FROM runs.step s JOIN runs.run r ON r.id = s.run_id CROSS JOIN runs.limits m
  CROSS JOIN LATERAL (
    SELECT array_agg(n.name ORDER BY n.name) AS names, array_agg(n.slots ORDER BY n.name) AS slots FROM (
      SELECT u.name, min(u.slots) AS slots FROM (
        SELECT 'target:' || s.target_id AS name, 1 AS slots WHERE s.mutates AND s.target_id IS NOT NULL
        UNION ALL SELECT 'credential:' || s.credential_id, m.per_credential WHERE s.credential_id IS NOT NULL AND m.per_credential IS NOT NULL
        UNION ALL SELECT 'job:' || r.job_id, m.per_job WHERE m.per_job IS NOT NULL
        UNION ALL SELECT 'total:', m.total WHERE m.total IS NOT NULL
        UNION ALL SELECT 'lock:' || t.name, t.slots FROM unnest(s.locks, s.lock_slots) AS t(name, slots)
        UNION ALL SELECT 'lock:' || t.name, t.slots FROM unnest(r.locks, r.lock_slots) AS t(name, slots)
      ) u GROUP BY u.name
    ) n
  ) w
  WHERE s.id = NEW.step_id;
  RETURN NEW;
END $$;
CREATE TRIGGER live_step_fill BEFORE INSERT ON runs.live_step FOR EACH ROW EXECUTE FUNCTION runs.fill_live_step();

CREATE FUNCTION runs.give_back(p_step_id bigint, p_run_id bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  WITH gone AS (
    DELETE FROM runs.lock_holder WHERE step_id = p_step_id OR (p_step_id IS NULL AND step_id IS NULL AND run_id = p_run_id) RETURNING name
  ), kept AS (
    SELECT k.name FROM runs.lock k WHERE k.name IN (SELECT name FROM gone) ORDER BY k.name FOR UPDATE
  )
  UPDATE runs.lock k SET held = k.held - 1 FROM kept WHERE k.name = kept.name;
END $$;
COMMENT ON FUNCTION runs.give_back IS 'Gives back what a step holds, or with null what its run holds.';

CREATE FUNCTION runs.leave_live_step() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- What goes on at its target keeps it, until an executor has followed it to its end.
  IF TG_OP = 'DELETE' OR NOT EXISTS (SELECT FROM runs.step WHERE id = OLD.step_id AND remote IS NOT NULL) THEN
    PERFORM runs.give_back(OLD.step_id, OLD.run_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER live_step_gone AFTER DELETE ON runs.live_step FOR EACH ROW
  WHEN (cardinality(OLD.locks) > 0) EXECUTE FUNCTION runs.leave_live_step();
CREATE TRIGGER live_step_back AFTER UPDATE ON runs.live_step FOR EACH ROW
  WHEN (OLD.state = 'claimed' AND NEW.state = 'ready' AND cardinality(OLD.locks) > 0) EXECUTE FUNCTION runs.leave_live_step();

CREATE FUNCTION runs.leave_run() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM runs.give_back(NULL, NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER run_gone AFTER UPDATE ON runs.run FOR EACH ROW
  WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL AND cardinality(NEW.locks) > 0) EXECUTE FUNCTION runs.leave_run();

CREATE FUNCTION runs.is_held(p_run_id bigint, p_step_id bigint, p_locks text[], p_slots int[])
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM unnest(p_locks, p_slots) AS n(name, slots) JOIN runs.lock k ON k.name = n.name
    WHERE k.held >= n.slots AND NOT EXISTS (
      SELECT FROM runs.lock_holder h WHERE h.name = n.name AND h.run_id = p_run_id AND (h.step_id IS NULL OR h.step_id = p_step_id)))
$$;
COMMENT ON FUNCTION runs.is_held IS 'Whether others hold all of something that a step needs.';

CREATE FUNCTION runs.pick_steps(p_max int)
RETURNS bigint[] LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_start timestamptz := clock_timestamp();
  v_wanted bigint[];
  v_steps bigint[];
BEGIN
  -- Each user's first ones, so that nobody hides behind another one's thousands.
  WITH RECURSIVE owners AS (
    (SELECT owner FROM runs.live_step WHERE state = 'ready' ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT (SELECT l.owner FROM runs.live_step l WHERE l.state = 'ready' AND l.owner > o.owner ORDER BY l.owner LIMIT 1)
    FROM owners o WHERE o.owner IS NOT NULL
  ), candidates AS (
    SELECT o.owner, c.*, row_number() OVER (PARTITION BY o.owner, c.priority ORDER BY c.available_at, c.step_id) AS turn
    FROM owners o CROSS JOIN LATERAL (
      SELECT l.step_id, l.priority, l.available_at FROM runs.live_step l
      WHERE l.owner = o.owner AND l.state = 'ready' AND l.available_at <= v_start
        AND (l.locks = '{}' OR NOT runs.is_held(l.run_id, l.step_id, l.locks, l.lock_slots))
      ORDER BY l.priority DESC, l.available_at, l.step_id LIMIT p_max * 2
    ) c
    WHERE o.owner IS NOT NULL
  ), busy AS (
    SELECT o.owner, (SELECT count(*) FROM runs.live_step l WHERE l.owner = o.owner AND l.state = 'claimed') AS running
    FROM owners o WHERE o.owner IS NOT NULL
  )
  SELECT array_agg(c.step_id ORDER BY c.priority DESC, c.turn + b.running, c.available_at, c.step_id) INTO v_wanted
  FROM candidates c JOIN busy b ON b.owner = c.owner;
  SELECT array_agg(c.step_id ORDER BY c.place) INTO v_steps FROM (
    SELECT l.step_id, w.place FROM unnest(v_wanted) WITH ORDINALITY AS w(id, place) JOIN runs.live_step l ON l.step_id = w.id
    WHERE l.state = 'ready' AND l.available_at <= v_start
    ORDER BY w.place LIMIT p_max FOR UPDATE OF l SKIP LOCKED
  ) c;
  RETURN v_steps;
END $$;
COMMENT ON FUNCTION runs.pick_steps IS 'Locks up to p_max steps that may be claimed: by priority, then users take turns, then first come.';

CREATE FUNCTION runs.take_locks(p_steps bigint[])
RETURNS bigint[] LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_granted bigint[] := '{}';
  v_mine text[];
  v_step record;
  v_free boolean;
BEGIN
  IF NOT EXISTS (SELECT FROM runs.live_step WHERE step_id = ANY (p_steps) AND locks <> '{}') THEN
    RETURN p_steps;
  END IF;
  INSERT INTO runs.lock (name)
  SELECT DISTINCT n.name FROM runs.live_step l CROSS JOIN unnest(l.locks) AS n(name)
  WHERE l.step_id = ANY (p_steps) AND NOT EXISTS (SELECT FROM runs.lock k WHERE k.name = n.name) ORDER BY n.name
  ON CONFLICT DO NOTHING;
  SELECT coalesce(array_agg(k.name), '{}') INTO v_mine FROM (
    SELECT name FROM runs.lock WHERE name IN (SELECT unnest(l.locks) FROM runs.live_step l WHERE l.step_id = ANY (p_steps))
    ORDER BY name FOR UPDATE SKIP LOCKED
  ) k;
  FOR v_step IN
    SELECT l.step_id, l.run_id, l.locks, l.lock_slots, l.epoch, r.locks AS of_run, r.halt_reason
    FROM unnest(p_steps) WITH ORDINALITY AS p(id, place) JOIN runs.live_step l ON l.step_id = p.id JOIN runs.run r ON r.id = l.run_id
    ORDER BY p.place
  LOOP
    v_free := v_step.halt_reason IS NOT NULL
      OR (v_step.locks <@ v_mine AND NOT runs.is_held(v_step.run_id, v_step.step_id, v_step.locks, v_step.lock_slots));
    CONTINUE WHEN NOT v_free;
    v_granted := v_granted || v_step.step_id;
    CONTINUE WHEN v_step.halt_reason IS NOT NULL;
    WITH taken AS (
      INSERT INTO runs.lock_holder (name, run_id, step_id, epoch)
      SELECT n.name, v_step.run_id, CASE WHEN NOT (starts_with(n.name, 'lock:') AND substr(n.name, 6) = ANY (v_step.of_run)) THEN v_step.step_id END,
        CASE WHEN NOT (starts_with(n.name, 'lock:') AND substr(n.name, 6) = ANY (v_step.of_run)) THEN v_step.epoch + 1 END
      FROM unnest(v_step.locks) AS n(name)
      WHERE NOT EXISTS (SELECT FROM runs.lock_holder h WHERE h.name = n.name AND h.run_id = v_step.run_id
        AND (h.step_id IS NULL OR h.step_id = v_step.step_id))
      ON CONFLICT DO NOTHING RETURNING name
    )
    UPDATE runs.lock k SET held = k.held + 1 FROM taken t WHERE k.name = t.name;
  END LOOP;
  RETURN v_granted;
END $$;
COMMENT ON FUNCTION runs.take_locks IS 'Takes what steps need, all of it or nothing; answers with the steps that have it. The caller holds the steps and their runs.';

CREATE FUNCTION runs.leave_lane() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE runs.lane SET state = CASE WHEN NEW.status IN ('failed', 'aborted') AND NEW.on_error = 'stop' THEN 'failing' ELSE 'next' END
  WHERE run_id = NEW.run_id AND lane = NEW.lane;
  RETURN NULL;
END $$;
CREATE TRIGGER step_lane AFTER UPDATE ON runs.step FOR EACH ROW
  WHEN (NEW.lane IS NOT NULL AND OLD.status IN ('running', 'unknown') AND NEW.status IN ('succeeded', 'failed', 'aborted', 'skipped'))
  EXECUTE FUNCTION runs.leave_lane();

CREATE FUNCTION runs.give_up_lanes(p_run_id bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_gone bigint[];
BEGIN
  IF NOT EXISTS (SELECT FROM runs.lane WHERE run_id = p_run_id AND state = 'failing') THEN
    RETURN;
  END IF;
  WITH gone AS (
    UPDATE runs.step s SET status = 'aborted', reason = 'target_failed', finished_at = clock_timestamp()
    WHERE s.run_id = p_run_id AND s.status = 'queued' AND s.lane IN (SELECT lane FROM runs.lane WHERE run_id = p_run_id AND state = 'failing')
    RETURNING s.id, s.idx
  )
  SELECT coalesce(array_agg(id ORDER BY idx, id), '{}') INTO v_gone FROM gone;
  UPDATE runs.lane SET state = 'failed' WHERE run_id = p_run_id AND state = 'failing';
  PERFORM runs.record_events(p_run_id, 'step.aborted', v_gone, '{"reason": "target_failed"}');
END $$;
COMMENT ON FUNCTION runs.give_up_lanes IS 'Aborts what is left for targets on which a step has failed; the caller holds the run.';

CREATE OR REPLACE FUNCTION runs.halt_run(p_run_id bigint)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run record;
  v_halt text;
BEGIN
  SELECT halt_reason, cancel_requested_at, deadline_at, strategy, max_failures INTO STRICT v_run FROM runs.run WHERE id = p_run_id;
  IF v_run.halt_reason IS NOT NULL THEN
    RETURN v_run.halt_reason;
  END IF;
  v_halt := CASE
    WHEN v_run.cancel_requested_at IS NOT NULL THEN 'canceled'
    WHEN v_run.deadline_at <= clock_timestamp() THEN 'timed_out'
    WHEN EXISTS (SELECT FROM runs.step s WHERE s.run_id = p_run_id AND s.status IN ('failed', 'aborted') AND s.lane IS NULL AND s.on_error = 'stop')
      THEN 'step_failed'
    WHEN v_run.strategy IS NOT NULL THEN runs.halt_fleet(p_run_id, v_run.strategy, v_run.max_failures) END;
  IF v_halt IS NOT NULL THEN
    UPDATE runs.run SET halt_reason = v_halt WHERE id = p_run_id;
  END IF;
  RETURN v_halt;
END $$;

CREATE FUNCTION runs.halt_fleet(p_run_id bigint, p_strategy text, p_max_failures int)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_batch int;
BEGIN
  IF p_max_failures IS NOT NULL AND (SELECT count(*) FROM (
      SELECT FROM runs.lane WHERE run_id = p_run_id AND state IN ('failing', 'failed') LIMIT p_max_failures::bigint + 1) f) > p_max_failures THEN
    RETURN 'max_failures';
  END IF;
  IF p_strategy = 'dependencies' AND p_max_failures IS NULL THEN
    -- The next wave needs all of this one.
    SELECT l.batch INTO v_batch FROM runs.step s JOIN runs.lane l ON l.run_id = s.run_id AND l.lane = s.lane
    WHERE s.run_id = p_run_id AND s.status IN ('queued', 'running', 'unknown') AND l.state NOT IN ('failing', 'failed')
    ORDER BY coalesce(s.phase, s.idx) LIMIT 1;
    IF EXISTS (SELECT FROM runs.lane WHERE run_id = p_run_id AND state IN ('failing', 'failed') AND batch < v_batch) THEN
      RETURN 'wave_failed';
    END IF;
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION runs.halt_fleet IS 'Why a fleet may not go on after failures; null: it may.';

CREATE FUNCTION runs.advance_lanes(p_run_id bigint, p_phase int)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_run record;
  v_free bigint;
  v_batch int;
BEGIN
  SELECT priority, parallel, pause_sec, phase, phase_opens_at INTO STRICT v_run FROM runs.run WHERE id = p_run_id;
  IF v_run.phase IS DISTINCT FROM p_phase THEN
    UPDATE runs.lane l SET state = 'waiting' WHERE l.run_id = p_run_id AND l.state IN ('done', 'next')
      AND (SELECT s.phase FROM runs.step s WHERE s.run_id = p_run_id AND s.lane = l.lane AND s.status = 'queued' ORDER BY s.idx LIMIT 1) = p_phase;
    SELECT min(batch) INTO v_batch FROM runs.lane WHERE run_id = p_run_id AND state = 'waiting';
    v_run.phase_opens_at := CASE WHEN v_batch > 0 AND EXISTS (
      SELECT FROM runs.step s JOIN runs.lane l ON l.run_id = s.run_id AND l.lane = s.lane
      WHERE s.run_id = p_run_id AND s.phase = v_run.phase AND l.batch < v_batch)
      THEN v_now + make_interval(secs => v_run.pause_sec) ELSE v_now END;
    UPDATE runs.run SET phase = p_phase, phase_opens_at = v_run.phase_opens_at WHERE id = p_run_id;
  END IF;
  -- Lanes whose step has ended go on, or are done.
  WITH moved AS (
    SELECT l.lane, (SELECT s.id FROM runs.step s WHERE s.run_id = p_run_id AND s.lane = l.lane AND s.status = 'queued' AND s.phase = p_phase
      ORDER BY s.idx LIMIT 1) AS step_id
    FROM runs.lane l WHERE l.run_id = p_run_id AND l.state = 'next'
  ), live AS (
    INSERT INTO runs.live_step (step_id, run_id, priority, epoch)
    SELECT s.id, s.run_id, v_run.priority, s.epoch FROM moved m JOIN runs.step s ON s.id = m.step_id ORDER BY m.lane
  )
  UPDATE runs.lane l SET state = CASE WHEN m.step_id IS NULL THEN 'done' ELSE 'open' END
  FROM moved m WHERE l.run_id = p_run_id AND l.lane = m.lane;
  v_free := CASE WHEN v_run.parallel IS NOT NULL
    THEN greatest(0, v_run.parallel - (SELECT count(*) FROM runs.lane WHERE run_id = p_run_id AND state = 'open')) END;
  WITH opened AS (
    SELECT l.lane, (SELECT s.id FROM runs.step s WHERE s.run_id = p_run_id AND s.lane = l.lane AND s.status = 'queued' AND s.phase = p_phase
      ORDER BY s.idx LIMIT 1) AS step_id
    FROM runs.lane l WHERE l.run_id = p_run_id AND l.state = 'waiting' ORDER BY l.lane LIMIT v_free
  ), live AS (
    INSERT INTO runs.live_step (step_id, run_id, priority, epoch, available_at)
    SELECT s.id, s.run_id, v_run.priority, s.epoch, greatest(v_run.phase_opens_at, v_now) FROM opened o JOIN runs.step s ON s.id = o.step_id ORDER BY o.lane
  )
  UPDATE runs.lane l SET state = 'open' FROM opened o WHERE l.run_id = p_run_id AND l.lane = o.lane;
END $$;
COMMENT ON FUNCTION runs.advance_lanes IS 'Starts what the lanes of a fleet may start in a phase; the caller holds the run.';

CREATE OR REPLACE FUNCTION runs.advance_run(p_run_id bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_halt text;
  v_reason text;
  v_run record;
  v_phase int;
BEGIN
  SELECT strategy, status INTO STRICT v_run FROM runs.run WHERE id = p_run_id;
  v_halt := runs.halt_run(p_run_id);
  IF v_run.strategy IS NOT NULL THEN
    PERFORM runs.give_up_lanes(p_run_id);
  END IF;
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
    IF v_run.strategy IS NULL THEN
      RETURN;
    END IF;
  ELSIF v_run.status = 'needs_attention' THEN
    PERFORM runs.set_run_status(p_run_id, 'running', NULL);
  END IF;
  IF v_halt IS NOT NULL THEN
    RETURN;
  END IF;
  SELECT min(coalesce(phase, idx)) INTO v_phase FROM runs.step WHERE run_id = p_run_id AND status IN ('queued', 'running', 'unknown');
  IF v_run.strategy IS NOT NULL THEN
    PERFORM runs.advance_lanes(p_run_id, v_phase);
  END IF;
  -- Steps of the next phase start together, once all before them are final.
  INSERT INTO runs.live_step (step_id, run_id, priority, epoch)
  SELECT s.id, s.run_id, r.priority, s.epoch
  FROM runs.step s JOIN runs.run r ON r.id = s.run_id
  WHERE s.run_id = p_run_id AND s.status = 'queued' AND s.lane IS NULL
    AND coalesce(s.phase, s.idx) = v_phase AND s.status IN ('queued', 'running', 'unknown')
    AND NOT EXISTS (SELECT FROM runs.live_step l WHERE l.run_id = p_run_id);
END $$;

CREATE OR REPLACE FUNCTION runs.finish_run(p_run_id bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_canceled boolean;
  v_halt text;
  v_reason text;
BEGIN
  SELECT cancel_requested_at IS NOT NULL, halt_reason INTO STRICT v_canceled, v_halt FROM runs.run WHERE id = p_run_id;
  SELECT coalesce(reason, 'step_failed') INTO v_reason FROM runs.step
  WHERE run_id = p_run_id AND status IN ('failed', 'aborted') AND on_error <> 'ignore'
  ORDER BY idx, finished_at, id LIMIT 1;
  IF v_canceled THEN
    PERFORM runs.set_run_status(p_run_id, 'canceled', 'canceled');
  ELSIF v_halt IN ('max_failures', 'wave_failed', 'timed_out') THEN
    PERFORM runs.set_run_status(p_run_id, 'failed', v_halt);
  ELSIF v_reason IS NOT NULL THEN
    PERFORM runs.set_run_status(p_run_id, 'failed', v_reason);
  ELSE
    PERFORM runs.set_run_status(p_run_id, 'succeeded', NULL);
  END IF;
END $$;

CREATE FUNCTION runs.expire_runs(p_limit int)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id bigint;
  v_count int := 0;
BEGIN
  FOR v_run_id IN
    SELECT id FROM runs.run WHERE finished_at IS NULL AND deadline_at <= clock_timestamp() AND coalesce(halt_reason, '') NOT IN ('timed_out', 'canceled')
    ORDER BY id LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    -- A run that never started is started for a moment: it did not succeed, and nobody has canceled it.
    IF EXISTS (SELECT FROM runs.run WHERE id = v_run_id AND status = 'queued') THEN
      PERFORM runs.set_run_status(v_run_id, 'running', NULL);
    END IF;
    UPDATE runs.run SET halt_reason = 'timed_out' WHERE id = v_run_id AND cancel_requested_at IS NULL;
    PERFORM runs.advance_run(v_run_id);
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END $$;
COMMENT ON FUNCTION runs.expire_runs IS 'Ends runs whose time is over, as a cancel would; answers how many.';

CREATE FUNCTION runs.claim_steps(p_worker text, p_max int, p_lease_seconds int)
RETURNS TABLE (
  step_id bigint, run_id bigint, job_id bigint, job_name text, requested_by text, correlation_id text, parameters jsonb,
  idx int, name text, type text, target_id bigint, target_name text, target jsonb, credential_id bigint, spec jsonb, shell text,
  timeout_sec int, idempotent boolean, epoch bigint, attempt_count int, lease_until timestamptz,
  options jsonb, failures int, remote text, sent_seconds double precision, cancel_requested boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_steps bigint[];
  v_mine bigint[];
  v_run record;
  v_now timestamptz;
BEGIN
  IF coalesce(p_worker, '') = '' OR p_max IS NULL OR p_max NOT BETWEEN 1 AND 1000 OR p_lease_seconds IS NULL OR p_lease_seconds NOT BETWEEN 1 AND 3600 THEN
    RAISE EXCEPTION 'claim_steps needs a worker, 1..1000 steps and a lease of 1..3600 s' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  v_steps := runs.pick_steps(p_max);
  IF v_steps IS NULL THEN
    RETURN;
  END IF;
  PERFORM FROM runs.run r WHERE r.id IN (SELECT l.run_id FROM runs.live_step l WHERE l.step_id = ANY (v_steps)) ORDER BY r.id FOR NO KEY UPDATE;
  v_steps := runs.take_locks(v_steps);
  FOR v_run IN
    SELECT r.id, r.status, r.halt_reason FROM runs.run r
    WHERE r.id IN (SELECT l.run_id FROM runs.live_step l WHERE l.step_id = ANY (v_steps))
    ORDER BY r.id FOR NO KEY UPDATE
  LOOP
    IF v_run.halt_reason IS NOT NULL THEN
      -- What is left after that goes on at its target.
      PERFORM runs.advance_run(v_run.id);
    ELSIF v_run.status = 'queued' THEN
      PERFORM runs.set_run_status(v_run.id, 'running', NULL);
    END IF;
    v_now := clock_timestamp();
    WITH claimed AS (
      UPDATE runs.live_step l SET state = 'claimed', worker = p_worker, epoch = l.epoch + 1,
        lease_until = v_now + make_interval(secs => p_lease_seconds)
      WHERE l.step_id = ANY (v_steps) AND l.run_id = v_run.id
      RETURNING l.step_id, l.epoch
    ), moved AS (
      UPDATE runs.step s SET status = 'running', reason = NULL, epoch = c.epoch, worker = p_worker,
        sent_at = CASE WHEN s.remote IS NOT NULL THEN s.sent_at END,
        attempt_count = s.attempt_count + 1, started_at = v_now
      FROM claimed c WHERE s.id = c.step_id
      RETURNING s.id, s.idx, s.epoch, s.sent_at
    ), tried AS (
      INSERT INTO runs.attempt (step_id, epoch, worker, started_at, sent_at) SELECT m.id, m.epoch, p_worker, v_now, m.sent_at FROM moved m
    )
    SELECT array_agg(m.id ORDER BY m.idx, m.id) INTO v_mine FROM moved m;
    CONTINUE WHEN v_mine IS NULL;
    PERFORM runs.record_events(v_run.id, 'step.running', v_mine, jsonb_build_object('worker', p_worker));
    RETURN QUERY
      SELECT s.id, r.id, r.job_id, r.job_name, r.requested_by, r.correlation_id, r.parameters,
        s.idx, s.name, s.type, s.target_id, s.target_name, s.target, s.credential_id, s.spec, s.shell,
        s.timeout_sec, s.idempotent, s.epoch, s.attempt_count, l.lease_until,
        s.options,
        (SELECT count(*)::int FROM runs.attempt a WHERE a.step_id = s.id AND a.outcome = 'failed' AND a.started_at >= s.queued_at),
        s.remote, extract(epoch FROM clock_timestamp() - s.sent_at)::double precision, r.cancel_requested_at IS NOT NULL OR coalesce(r.halt_reason = 'timed_out', false)
      FROM runs.step s JOIN runs.run r ON r.id = s.run_id JOIN runs.live_step l ON l.step_id = s.id
      WHERE s.id = ANY (v_mine) ORDER BY s.idx, s.id;
  END LOOP;
END $$;

COMMENT ON FUNCTION runs.claim_steps IS 'Takes up to p_max steps for a worker and answers with all that it needs; each claim has a new epoch.';
GRANT EXECUTE ON FUNCTION runs.claim_steps TO opsc_executor;

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
    SELECT a.step_id, a.epoch, n.step_id IS NOT NULL, coalesce(r.cancel_requested_at IS NOT NULL OR r.halt_reason = 'timed_out', false)
    FROM asked a
    LEFT JOIN renewed n ON n.step_id = a.step_id AND n.epoch = a.epoch
    LEFT JOIN runs.run r ON r.id = n.run_id;
END $$;

CREATE FUNCTION runs.waiting(p_run_id bigint)
RETURNS TABLE (step_id bigint, code text, detail text, since timestamptz, holder_run_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH r AS (
    SELECT * FROM runs.run WHERE id = p_run_id AND finished_at IS NULL
  ), ready AS (
    SELECT l.*, r.queued_at, r.phase_opens_at, s.lane, s.reason FROM r JOIN runs.live_step l ON l.run_id = r.id JOIN runs.step s ON s.id = l.step_id
    WHERE l.state = 'ready' ORDER BY l.available_at, l.step_id LIMIT 1000
  ), needs AS (
    SELECT y.step_id, y.run_id, n.name, n.slots FROM ready y CROSS JOIN unnest(y.locks, y.lock_slots) AS n(name, slots)
  ), blocked AS (
    SELECT n.step_id, n.name, n.slots, h.run_id AS holder, h.since FROM needs n JOIN runs.lock k ON k.name = n.name AND k.held >= n.slots
    CROSS JOIN LATERAL (SELECT o.run_id, o.since FROM runs.lock_holder o WHERE o.name = n.name ORDER BY o.since LIMIT 1) h
    WHERE NOT EXISTS (SELECT FROM runs.lock_holder o WHERE o.name = n.name AND o.run_id = n.run_id AND (o.step_id IS NULL OR o.step_id = n.step_id))
  )
  SELECT NULL::bigint, 'no_executor', 'no executor is alive', (SELECT max(last_seen_at) FROM runs.worker), NULL::bigint FROM r
  WHERE EXISTS (SELECT FROM ready) AND NOT EXISTS (SELECT FROM runs.worker WHERE last_seen_at > clock_timestamp() - interval '30 s' AND NOT draining)
  UNION ALL
  SELECT NULL, 'attention', 'somebody has to say what became of a step', NULL, NULL FROM r WHERE r.status = 'needs_attention'
  UNION ALL
  SELECT NULL, 'parallel', format('limit of %s targets at a time', r.parallel), NULL, NULL FROM r
  WHERE r.parallel IS NOT NULL AND EXISTS (SELECT FROM runs.lane WHERE run_id = r.id AND state = 'waiting')
  UNION ALL
  SELECT y.step_id, CASE WHEN y.lane IS NOT NULL AND y.available_at = y.phase_opens_at THEN 'batch' ELSE 'later' END,
    format(CASE WHEN y.lane IS NOT NULL AND y.available_at = y.phase_opens_at
        THEN 'batch ' || (SELECT batch + 1 FROM runs.lane a WHERE a.run_id = y.run_id AND a.lane = y.lane) || ' starts at %s'
        ELSE 'is tried again at %s' END, to_char(y.available_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), y.queued_at, NULL
  FROM ready y WHERE y.available_at > clock_timestamp()
  UNION ALL
  SELECT b.step_id, CASE split_part(b.name, ':', 1) WHEN 'target' THEN 'target_busy' WHEN 'credential' THEN 'credential_limit'
      WHEN 'job' THEN 'job_limit' WHEN 'total' THEN 'total_limit' ELSE 'lock' END,
    CASE split_part(b.name, ':', 1) WHEN 'target' THEN format('target %s is busy with run %s', s.target_name, b.holder)
      WHEN 'credential' THEN format('limit of %s steps at a time with one credential', b.slots)
      WHEN 'job' THEN format('limit of %s steps at a time of this job', b.slots)
      WHEN 'total' THEN format('limit of %s steps at a time', b.slots)
      ELSE format('lock %s is held by run %s since %s', substr(b.name, 6), b.holder, to_char(b.since AT TIME ZONE 'UTC', 'HH24:MI')) END,
    b.since, b.holder
  FROM blocked b JOIN runs.step s ON s.id = b.step_id
  UNION ALL
  SELECT y.step_id, 'queue', 'waits for a free place at an executor', y.available_at, NULL FROM ready y
  WHERE y.available_at <= clock_timestamp() AND NOT EXISTS (SELECT FROM blocked b WHERE b.step_id = y.step_id)
$$;
COMMENT ON FUNCTION runs.waiting IS 'Why steps of a run wait that could be next; without a step: why the run does.';

GRANT SELECT ON runs.lane, runs.lock, runs.lock_holder, runs.limits TO opsc_jobs, opsc_executor;
GRANT INSERT (strategy, parallel, max_failures, pause_sec, locks, lock_slots, deadline_at) ON runs.run TO opsc_jobs;
GRANT INSERT (lane, phase, locks, lock_slots, mutates) ON runs.step TO opsc_jobs;
GRANT INSERT (run_id, lane, target_id, target_name, batch) ON runs.lane TO opsc_jobs;
GRANT EXECUTE ON FUNCTION runs.expire_runs, runs.waiting TO opsc_jobs;
