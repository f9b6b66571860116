-- Keeps the secret parameters of runs encrypted, apart from the runs, for as long as a run may need them.

CREATE TABLE credentials.parcel (
  id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT parcel_pkey PRIMARY KEY,
  alg            text NOT NULL DEFAULT 'aes-256-gcm' CONSTRAINT parcel_alg_check CHECK (alg IN ('aes-256-gcm')),
  kek_id         text NOT NULL CONSTRAINT parcel_kek_fk REFERENCES credentials.kek ON DELETE RESTRICT,
  wrap_nonce     bytea NOT NULL CONSTRAINT parcel_wrap_nonce_check CHECK (octet_length(wrap_nonce) = 12),
  wrapped_dek    bytea NOT NULL CONSTRAINT parcel_wrapped_dek_check CHECK (octet_length(wrapped_dek) = 48),
  nonce          bytea NOT NULL CONSTRAINT parcel_nonce_check CHECK (octet_length(nonce) = 12),
  ciphertext     bytea NOT NULL CONSTRAINT parcel_ciphertext_check CHECK (octet_length(ciphertext) BETWEEN 17 AND 524288),
  created_at     timestamptz NOT NULL
);
COMMENT ON TABLE credentials.parcel IS 'The secret parameters that a run was started with, as one encrypted object; never changed, only wrapped anew.';
COMMENT ON COLUMN credentials.parcel.id IS 'Never used again; bound into the ciphertext.';
COMMENT ON COLUMN credentials.parcel.alg IS 'Cipher of both layers.';
COMMENT ON COLUMN credentials.parcel.kek_id IS 'Key that wraps the data key.';
COMMENT ON COLUMN credentials.parcel.wrap_nonce IS 'Nonce of wrapped_dek.';
COMMENT ON COLUMN credentials.parcel.wrapped_dek IS 'Data key under the wrapping key, with tag.';
COMMENT ON COLUMN credentials.parcel.nonce IS 'Nonce of ciphertext.';
COMMENT ON COLUMN credentials.parcel.ciphertext IS 'JSON object of name and value under the data key, with tag.';
COMMENT ON COLUMN credentials.parcel.created_at IS 'When it was sealed.';
CREATE INDEX parcel_kek_idx ON credentials.parcel (kek_id);

ALTER TABLE runs.run ADD COLUMN parcel_id bigint;
COMMENT ON COLUMN runs.run.parcel_id IS 'Secret parameters, kept encrypted by credentials; null: none. A repeated run shares that of the first.';
CREATE INDEX run_parcel_idx ON runs.run (parcel_id) WHERE parcel_id IS NOT NULL;
GRANT INSERT (parcel_id) ON runs.run TO opsc_jobs;

CREATE FUNCTION runs.parcel_of_claim(p_step_id bigint, p_epoch bigint, p_worker text)
RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.parcel_id
  FROM runs.live_step l JOIN runs.run r ON r.id = l.run_id
  WHERE l.step_id = p_step_id AND l.epoch = p_epoch AND l.worker = p_worker AND l.state = 'claimed'
    AND l.lease_until > clock_timestamp()
$$;
COMMENT ON FUNCTION runs.parcel_of_claim IS 'The parcel of the run of a claim that holds now: the right to open it; null: no such claim, or a run without one.';

CREATE FUNCTION runs.parcels_in_use(p_parcels bigint[], p_since timestamptz)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT r.parcel_id FROM runs.run r
  WHERE r.parcel_id = ANY (p_parcels) AND (r.finished_at IS NULL OR r.finished_at > p_since)
$$;
COMMENT ON FUNCTION runs.parcels_in_use IS 'Which of these parcels a run has that is not over, or ended after a time; all that credentials may know of runs.';

GRANT EXECUTE ON FUNCTION runs.parcel_of_claim, runs.parcels_in_use TO opsc_credentials;
