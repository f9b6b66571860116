-- Keeps people, and tells auth about every change of an identity in the order of commit.
CREATE TABLE users.user (
  id                    bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT user_pkey PRIMARY KEY,
  username              text NOT NULL CONSTRAINT user_username_check CHECK (length(username) BETWEEN 1 AND 100),
  email                 text NOT NULL CONSTRAINT user_email_check CHECK (length(email) BETWEEN 3 AND 320),
  role                  text NOT NULL DEFAULT 'viewer' CONSTRAINT user_role_check CHECK (role IN ('admin', 'operator', 'viewer')),
  is_active             boolean NOT NULL DEFAULT true,
  token_version         int NOT NULL DEFAULT 1 CONSTRAINT user_token_version_check CHECK (token_version >= 1),
  must_change_password  boolean NOT NULL DEFAULT false,
  created_at            timestamptz NOT NULL DEFAULT now(),
  updated_at            timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE users.user IS 'A person who can sign in.';
COMMENT ON COLUMN users.user.id IS 'Never used again.';
COMMENT ON COLUMN users.user.username IS 'Name to sign in with; unique without regard to case.';
COMMENT ON COLUMN users.user.email IS 'Address; unique without regard to case.';
COMMENT ON COLUMN users.user.role IS 'admin, operator or viewer.';
COMMENT ON COLUMN users.user.is_active IS 'False: cannot sign in.';
COMMENT ON COLUMN users.user.token_version IS 'Tokens with a lower version are void.';
COMMENT ON COLUMN users.user.must_change_password IS 'The password is a start value and must be changed.';
COMMENT ON COLUMN users.user.created_at IS 'When the user was made.';
COMMENT ON COLUMN users.user.updated_at IS 'When a field changed last.';
CREATE UNIQUE INDEX user_username_key ON users.user (lower(username));
CREATE UNIQUE INDEX user_email_key ON users.user (lower(email));

CREATE TABLE users.password (
  user_id     bigint NOT NULL CONSTRAINT password_pkey PRIMARY KEY
              CONSTRAINT password_user_fk REFERENCES users.user ON DELETE CASCADE,
  hash        text NOT NULL CONSTRAINT password_hash_check CHECK (length(hash) BETWEEN 20 AND 500),
  params      text NOT NULL CONSTRAINT password_params_check CHECK (length(params) BETWEEN 1 AND 100),
  changed_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE users.password IS 'Hash of the password of a user, apart from the user so that lists never read it.';
COMMENT ON COLUMN users.password.user_id IS 'Whose password.';
COMMENT ON COLUMN users.password.hash IS 'bcrypt over the peppered password; the pepper is not in the database.';
COMMENT ON COLUMN users.password.params IS 'How it was hashed, like bcrypt$12; hashed again at sign-in when that changes.';
COMMENT ON COLUMN users.password.changed_at IS 'When the person chose this password.';

CREATE TABLE users.bootstrap_code (
  only_row    boolean NOT NULL DEFAULT true CONSTRAINT bootstrap_code_pkey PRIMARY KEY CONSTRAINT bootstrap_code_only_row_check CHECK (only_row),
  hash        bytea NOT NULL CONSTRAINT bootstrap_code_hash_check CHECK (octet_length(hash) = 32),
  expires_at  timestamptz NOT NULL
);
COMMENT ON TABLE users.bootstrap_code IS 'The code that makes the first admin; gone once it was used.';
COMMENT ON COLUMN users.bootstrap_code.only_row IS 'Always true, so that there is at most one row.';
COMMENT ON COLUMN users.bootstrap_code.hash IS 'SHA-256 of the code.';
COMMENT ON COLUMN users.bootstrap_code.expires_at IS 'From then on the code is void.';

CREATE TABLE users.change_head (
  only_row  boolean NOT NULL DEFAULT true CONSTRAINT change_head_pkey PRIMARY KEY CONSTRAINT change_head_only_row_check CHECK (only_row),
  seq       bigint NOT NULL DEFAULT 0 CONSTRAINT change_head_seq_check CHECK (seq >= 0)
);
COMMENT ON TABLE users.change_head IS 'Last number given to a change; its row lock puts numbers in commit order.';
COMMENT ON COLUMN users.change_head.only_row IS 'Always true, so that there is one row.';
COMMENT ON COLUMN users.change_head.seq IS 'Number of the last change.';
INSERT INTO users.change_head DEFAULT VALUES;

CREATE TABLE users.change (
  seq            bigint NOT NULL CONSTRAINT change_pkey PRIMARY KEY,
  user_id        bigint NOT NULL,
  kind           text NOT NULL CONSTRAINT change_kind_check CHECK (length(kind) BETWEEN 1 AND 50),
  token_version  int NOT NULL,
  end_sessions   boolean NOT NULL,
  keep_session   text,
  at             timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE users.change IS 'Changes of identities, read by auth in the order of seq.';
COMMENT ON COLUMN users.change.seq IS 'Without gaps and in commit order.';
COMMENT ON COLUMN users.change.user_id IS 'Whose identity; the user may be gone.';
COMMENT ON COLUMN users.change.kind IS 'What changed, like password, role, deactivated or deleted.';
COMMENT ON COLUMN users.change.token_version IS 'Token version after the change; of a removed user one above its last.';
COMMENT ON COLUMN users.change.end_sessions IS 'True: the sessions of the user end.';
COMMENT ON COLUMN users.change.keep_session IS 'The one session that goes on, if any.';
COMMENT ON COLUMN users.change.at IS 'Start of the transaction that made the change.';

CREATE FUNCTION users.record_change(p_user_id bigint, p_kind text, p_token_version int, p_end_sessions boolean, p_keep_session text)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_seq bigint;
BEGIN
  UPDATE users.change_head SET seq = seq + 1 RETURNING seq INTO STRICT v_seq;
  INSERT INTO users.change (seq, user_id, kind, token_version, end_sessions, keep_session)
  VALUES (v_seq, p_user_id, p_kind, p_token_version, p_end_sessions, p_keep_session);
  RETURN v_seq;
END $$;
COMMENT ON FUNCTION users.record_change IS 'Adds a change under the next number; call it last, it holds a lock that all changes share.';
GRANT EXECUTE ON FUNCTION users.record_change TO opsc_users;
