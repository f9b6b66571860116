-- Keeps sessions and keys, so that a token can be renewed once, ended at once and never guessed.
CREATE TABLE auth.signing_key (
  kid                  text NOT NULL CONSTRAINT signing_key_pkey PRIMARY KEY CONSTRAINT signing_key_kid_check CHECK (length(kid) BETWEEN 1 AND 100),
  algorithm            text NOT NULL DEFAULT 'EdDSA' CONSTRAINT signing_key_algorithm_check CHECK (algorithm IN ('EdDSA')),
  public_key           bytea NOT NULL CONSTRAINT signing_key_public_key_check CHECK (octet_length(public_key) = 32),
  private_key_wrapped  bytea NOT NULL CONSTRAINT signing_key_private_key_check CHECK (octet_length(private_key_wrapped) BETWEEN 60 AND 1024),
  created_at           timestamptz NOT NULL DEFAULT now(),
  signs_from           timestamptz NOT NULL,
  retires_at           timestamptz,
  CONSTRAINT signing_key_order_check CHECK (retires_at > signs_from)
);
COMMENT ON TABLE auth.signing_key IS 'Key pairs that sign access tokens.';
COMMENT ON COLUMN auth.signing_key.kid IS 'Key id in the token header.';
COMMENT ON COLUMN auth.signing_key.algorithm IS 'EdDSA (Ed25519).';
COMMENT ON COLUMN auth.signing_key.public_key IS 'Raw Ed25519 public key.';
COMMENT ON COLUMN auth.signing_key.private_key_wrapped IS 'Private key, encrypted with a key that is not in the database; nonce first.';
COMMENT ON COLUMN auth.signing_key.created_at IS 'When it was made; published from here.';
COMMENT ON COLUMN auth.signing_key.signs_from IS 'First moment at which it signs; later than created_at, so that verifiers know it by then.';
COMMENT ON COLUMN auth.signing_key.retires_at IS 'From here no longer published; null while no successor is planned.';

CREATE TABLE auth.session (
  id                   text NOT NULL CONSTRAINT session_pkey PRIMARY KEY CONSTRAINT session_id_check CHECK (length(id) BETWEEN 16 AND 100),
  user_id              bigint NOT NULL,
  username             text NOT NULL,
  email                text NOT NULL,
  role                 text NOT NULL CONSTRAINT session_role_check CHECK (role IN ('admin', 'operator', 'viewer')),
  token_version        int NOT NULL,
  created_at           timestamptz NOT NULL DEFAULT now(),
  authenticated_at     timestamptz NOT NULL DEFAULT now(),
  last_used_at         timestamptz NOT NULL DEFAULT now(),
  idle_expires_at      timestamptz NOT NULL,
  absolute_expires_at  timestamptz NOT NULL,
  revoked_at           timestamptz,
  revoke_reason        text,
  ip                   text,
  user_agent           text,
  CONSTRAINT session_revoked_check CHECK (num_nulls(revoked_at, revoke_reason) IN (0, 2))
);
COMMENT ON TABLE auth.session IS 'One sign-in of a user and the family of its refresh tokens.';
COMMENT ON COLUMN auth.session.id IS 'Claim sid of its tokens; random.';
COMMENT ON COLUMN auth.session.user_id IS 'Who signed in.';
COMMENT ON COLUMN auth.session.username IS 'Name as of the last change that auth has read.';
COMMENT ON COLUMN auth.session.email IS 'Address as of the last change that auth has read.';
COMMENT ON COLUMN auth.session.role IS 'Role as of the last change that auth has read.';
COMMENT ON COLUMN auth.session.token_version IS 'Token version of the user at sign-in; a later change that ends sessions ends it.';
COMMENT ON COLUMN auth.session.created_at IS 'When the user signed in.';
COMMENT ON COLUMN auth.session.authenticated_at IS 'When the password was given last.';
COMMENT ON COLUMN auth.session.last_used_at IS 'Last refresh.';
COMMENT ON COLUMN auth.session.idle_expires_at IS 'Ends here unless refreshed.';
COMMENT ON COLUMN auth.session.absolute_expires_at IS 'Ends here in any case.';
COMMENT ON COLUMN auth.session.revoked_at IS 'When it was ended early.';
COMMENT ON COLUMN auth.session.revoke_reason IS 'Why it was ended early, like logout or reuse.';
COMMENT ON COLUMN auth.session.ip IS 'Address at sign-in.';
COMMENT ON COLUMN auth.session.user_agent IS 'User-Agent at sign-in.';
CREATE INDEX session_user_idx ON auth.session (user_id, created_at) WHERE revoked_at IS NULL;
CREATE INDEX session_expiry_idx ON auth.session (absolute_expires_at);

CREATE TABLE auth.refresh_token (
  hash            bytea NOT NULL CONSTRAINT refresh_token_pkey PRIMARY KEY CONSTRAINT refresh_token_hash_check CHECK (octet_length(hash) = 32),
  session_id      text NOT NULL CONSTRAINT refresh_token_session_fk REFERENCES auth.session ON DELETE CASCADE,
  generation      int NOT NULL CONSTRAINT refresh_token_generation_check CHECK (generation >= 1),
  parent_hash     bytea CONSTRAINT refresh_token_parent_hash_check CHECK (octet_length(parent_hash) = 32),
  created_at      timestamptz NOT NULL DEFAULT now(),
  consumed_at     timestamptz,
  revoked_at      timestamptz,
  access_jti      text NOT NULL,
  access_seen_at  timestamptz
);
COMMENT ON TABLE auth.refresh_token IS 'Refresh tokens; each works once.';
COMMENT ON COLUMN auth.refresh_token.hash IS 'SHA-256 of the token; the token itself is not kept.';
COMMENT ON COLUMN auth.refresh_token.session_id IS 'Its family.';
COMMENT ON COLUMN auth.refresh_token.generation IS 'Number of refreshes plus one.';
COMMENT ON COLUMN auth.refresh_token.parent_hash IS 'The token it was exchanged for.';
COMMENT ON COLUMN auth.refresh_token.created_at IS 'When it was issued.';
COMMENT ON COLUMN auth.refresh_token.consumed_at IS 'When it was exchanged.';
COMMENT ON COLUMN auth.refresh_token.revoked_at IS 'When it was replaced unused, because its answer was lost.';
COMMENT ON COLUMN auth.refresh_token.access_jti IS 'Access token issued together with it.';
COMMENT ON COLUMN auth.refresh_token.access_seen_at IS 'When that access token was used first.';
CREATE UNIQUE INDEX refresh_token_jti_key ON auth.refresh_token (access_jti);
CREATE INDEX refresh_token_session_idx ON auth.refresh_token (session_id, generation);
CREATE INDEX refresh_token_parent_idx ON auth.refresh_token (parent_hash);

CREATE TABLE auth.revocation_head (
  only_row  boolean NOT NULL DEFAULT true CONSTRAINT revocation_head_pkey PRIMARY KEY CONSTRAINT revocation_head_only_row_check CHECK (only_row),
  seq       bigint NOT NULL DEFAULT 0 CONSTRAINT revocation_head_seq_check CHECK (seq >= 0)
);
COMMENT ON TABLE auth.revocation_head IS 'Last number given to a revocation; its row lock puts numbers in commit order.';
COMMENT ON COLUMN auth.revocation_head.only_row IS 'Always true, so that there is one row.';
COMMENT ON COLUMN auth.revocation_head.seq IS 'Number of the last revocation.';
INSERT INTO auth.revocation_head DEFAULT VALUES;

CREATE TABLE auth.revocation (
  seq                bigint NOT NULL CONSTRAINT revocation_pkey PRIMARY KEY,
  session_id         text,
  user_id            bigint,
  min_token_version  int,
  expires_at         timestamptz NOT NULL,
  at                 timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT revocation_subject_check CHECK (num_nonnulls(session_id, user_id) = 1 AND (user_id IS NULL) = (min_token_version IS NULL))
);
COMMENT ON TABLE auth.revocation IS 'Access tokens that are void before they expire, read by every service in the order of seq.';
COMMENT ON COLUMN auth.revocation.seq IS 'Without gaps and in commit order.';
COMMENT ON COLUMN auth.revocation.session_id IS 'Tokens of this session are void; null if it is about a user.';
COMMENT ON COLUMN auth.revocation.user_id IS 'Old tokens of this user are void; null if it is about a session.';
COMMENT ON COLUMN auth.revocation.min_token_version IS 'Lowest token version of the user that is still good.';
COMMENT ON COLUMN auth.revocation.expires_at IS 'By then every such token has expired.';
COMMENT ON COLUMN auth.revocation.at IS 'Start of the transaction that revoked.';
CREATE INDEX revocation_expiry_idx ON auth.revocation (expires_at);

CREATE FUNCTION auth.record_revocation(p_session_id text, p_user_id bigint, p_min_token_version int, p_expires_at timestamptz)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_seq bigint;
BEGIN
  UPDATE auth.revocation_head SET seq = seq + 1 RETURNING seq INTO STRICT v_seq;
  INSERT INTO auth.revocation (seq, session_id, user_id, min_token_version, expires_at)
  VALUES (v_seq, p_session_id, p_user_id, p_min_token_version, p_expires_at);
  RETURN v_seq;
END $$;
COMMENT ON FUNCTION auth.record_revocation IS 'Adds a revocation under the next number; call it last, it holds a lock that all revocations share.';
GRANT EXECUTE ON FUNCTION auth.record_revocation TO opsc_auth;

CREATE TABLE auth.attempt (
  subject            text NOT NULL CONSTRAINT attempt_pkey PRIMARY KEY CONSTRAINT attempt_subject_check CHECK (subject ~ '^(user|ip):' AND length(subject) <= 300),
  failures           int NOT NULL DEFAULT 0 CONSTRAINT attempt_failures_check CHECK (failures >= 0),
  window_started_at  timestamptz NOT NULL DEFAULT now(),
  blocked_until      timestamptz,
  updated_at         timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE auth.attempt IS 'Failed sign-ins per account and per address; here so that losing Redis forgets nothing.';
COMMENT ON COLUMN auth.attempt.subject IS 'user:NAME in lower case, or ip:ADDRESS.';
COMMENT ON COLUMN auth.attempt.failures IS 'Failures since window_started_at.';
COMMENT ON COLUMN auth.attempt.window_started_at IS 'Start of counting.';
COMMENT ON COLUMN auth.attempt.blocked_until IS 'No attempt is tried before.';
COMMENT ON COLUMN auth.attempt.updated_at IS 'Last failure.';
CREATE INDEX attempt_updated_idx ON auth.attempt (updated_at);

CREATE TABLE auth.cursor (
  name  text NOT NULL CONSTRAINT cursor_pkey PRIMARY KEY CONSTRAINT cursor_name_check CHECK (length(name) BETWEEN 1 AND 100),
  seq   bigint NOT NULL DEFAULT 0 CONSTRAINT cursor_seq_check CHECK (seq >= 0)
);
COMMENT ON TABLE auth.cursor IS 'How far a list of another service has been read.';
COMMENT ON COLUMN auth.cursor.name IS 'Which list, like users.change.';
COMMENT ON COLUMN auth.cursor.seq IS 'Last number that has taken effect.';
