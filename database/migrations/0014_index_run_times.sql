-- Runs of the last hours are counted for the overview.
CREATE INDEX run_queued_idx ON runs.run (queued_at);
