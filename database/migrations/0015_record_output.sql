-- Lets the log of a run tell of output: what a claim has printed becomes events, in one order with all else.
-- The bytes are in files (crate runlog); the database says how many of them count.

DROP TABLE runs.output;
CREATE TABLE runs.output (
  step_id     bigint NOT NULL CONSTRAINT output_step_fk REFERENCES runs.step ON DELETE CASCADE,
  epoch       bigint NOT NULL CONSTRAINT output_epoch_check CHECK (epoch >= 1),
  bytes       bigint NOT NULL CONSTRAINT output_bytes_check CHECK (bytes >= 0),
  lines       bigint NOT NULL CONSTRAINT output_lines_check CHECK (lines >= 0),
  lost_bytes  bigint NOT NULL CONSTRAINT output_lost_bytes_check CHECK (lost_bytes BETWEEN 0 AND bytes),
  removed_at  timestamptz,
  CONSTRAINT output_pkey PRIMARY KEY (step_id, epoch)
) WITH (fillfactor = 50);
COMMENT ON TABLE runs.output IS 'How much a claim of a step has printed so far; the files hold no less.';
COMMENT ON COLUMN runs.output.step_id IS 'Whose output.';
COMMENT ON COLUMN runs.output.epoch IS 'Claim that produced it.';
COMMENT ON COLUMN runs.output.bytes IS 'Bytes of all streams, those that were left out included.';
COMMENT ON COLUMN runs.output.lines IS 'Line ends among them.';
COMMENT ON COLUMN runs.output.lost_bytes IS 'Bytes that could not be written, like on a full disk.';
COMMENT ON COLUMN runs.output.removed_at IS 'When the files were removed, because of their age or size.';

CREATE FUNCTION runs.note_output(p_run_id bigint, p_step_id bigint, p_epoch bigint, p_size bigint[])
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_bytes bigint;
  v_lines bigint;
BEGIN
  SELECT bytes, lines INTO v_bytes, v_lines FROM runs.output WHERE step_id = p_step_id AND epoch = p_epoch;
  v_bytes := coalesce(v_bytes, 0);
  v_lines := coalesce(v_lines, 0);
  -- Sizes are totals, so that a call whose answer was lost can be repeated.
  IF p_size[1] IS NULL OR p_size[1] <= v_bytes THEN
    RETURN;
  END IF;
  INSERT INTO runs.output AS o (step_id, epoch, bytes, lines, lost_bytes) VALUES (p_step_id, p_epoch, p_size[1], p_size[2], p_size[3])
  ON CONFLICT (step_id, epoch) DO UPDATE SET bytes = excluded.bytes, lines = excluded.lines, lost_bytes = excluded.lost_bytes;
  PERFORM runs.record_events(p_run_id, 'output', ARRAY[p_step_id], jsonb_build_object('epoch', p_epoch,
    'offset', v_bytes, 'length', p_size[1] - v_bytes, 'line', v_lines, 'lines', p_size[2] - v_lines)
    || CASE WHEN p_size[3] > 0 THEN jsonb_build_object('log_degraded', true, 'lost_bytes', p_size[3]) ELSE '{}' END);
END $$;
COMMENT ON FUNCTION runs.note_output IS 'Adds an event about what a claim has printed since the last one; p_size is {bytes, lines, lost bytes} in all. The caller holds the run.';

-- Who takes a claim away holds its run while doing so; so a look at live_step under the lock of the run is a fence.
CREATE FUNCTION runs.record_output(
  p_worker text, p_step_ids bigint[], p_epochs bigint[], p_bytes bigint[], p_lines bigint[], p_lost bigint[]
) RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id bigint;
  v_one record;
  v_held bigint[] := '{}';
BEGIN
  FOR v_run_id IN
    SELECT r.id FROM runs.run r WHERE r.id IN (SELECT l.run_id FROM runs.live_step l WHERE l.step_id = ANY (p_step_ids))
    ORDER BY r.id FOR NO KEY UPDATE
  LOOP
    FOR v_one IN
      SELECT a.step_id, a.epoch, a.bytes, a.lines, a.lost
      FROM unnest(p_step_ids, p_epochs, p_bytes, p_lines, p_lost) AS a(step_id, epoch, bytes, lines, lost)
      JOIN runs.live_step l ON l.step_id = a.step_id AND l.epoch = a.epoch
      WHERE l.run_id = v_run_id AND l.worker = p_worker AND l.state = 'claimed'
      ORDER BY a.step_id
    LOOP
      PERFORM runs.note_output(v_run_id, v_one.step_id, v_one.epoch, ARRAY[v_one.bytes, v_one.lines, v_one.lost]);
      v_held := v_held || v_one.step_id;
    END LOOP;
  END LOOP;
  RETURN v_held;
END $$;
COMMENT ON FUNCTION runs.record_output IS 'Tells what claims have printed so far, each in totals; answers with the steps whose claims are held. Safe to repeat.';

CREATE FUNCTION runs.finish_printed_step(
  p_step_id bigint, p_epoch bigint, p_worker text, p_status text, p_reason text,
  p_exit_code int, p_stdout text, p_stderr text, p_metrics jsonb, p_size bigint[]
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id bigint := runs.hold_claim(p_step_id, p_epoch, p_worker);
BEGIN
  IF v_run_id IS NULL THEN
    RETURN false;
  END IF;
  PERFORM FROM runs.run WHERE id = v_run_id FOR NO KEY UPDATE;
  PERFORM runs.note_output(v_run_id, p_step_id, p_epoch, p_size);
  RETURN runs.finish_step(p_step_id, p_epoch, p_worker, p_status, p_reason, p_exit_code, p_stdout, p_stderr, p_metrics);
END $$;
COMMENT ON FUNCTION runs.finish_printed_step IS 'Tells the last of the output of a claim, then finishes it, at once; false: the claim is lost.';

GRANT SELECT ON runs.output TO opsc_jobs, opsc_executor;
GRANT UPDATE (removed_at) ON runs.output TO opsc_jobs;
GRANT EXECUTE ON FUNCTION runs.record_output, runs.finish_printed_step TO opsc_executor;
