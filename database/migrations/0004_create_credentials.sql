-- Keeps credentials encrypted per version, so that a stolen dump or a swapped row yields nothing.
CREATE TABLE credentials.kek (
  id           text NOT NULL CONSTRAINT kek_pkey PRIMARY KEY CONSTRAINT kek_id_check CHECK (length(id) BETWEEN 1 AND 100),
  source       text NOT NULL CONSTRAINT kek_source_check CHECK (source IN ('file', 'passphrase')),
  salt         bytea CONSTRAINT kek_salt_check CHECK (octet_length(salt) = 32),
  iterations   int CONSTRAINT kek_iterations_check CHECK (iterations >= 600000),
  check_nonce  bytea NOT NULL CONSTRAINT kek_check_nonce_check CHECK (octet_length(check_nonce) = 12),
  check_value  bytea NOT NULL CONSTRAINT kek_check_value_check CHECK (octet_length(check_value) BETWEEN 16 AND 256),
  state        text NOT NULL DEFAULT 'active' CONSTRAINT kek_state_check CHECK (state IN ('active', 'retiring', 'destroyed')),
  created_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT kek_passphrase_check CHECK ((source = 'passphrase') = (salt IS NOT NULL) AND (salt IS NULL) = (iterations IS NULL))
);
COMMENT ON TABLE credentials.kek IS 'Keys that wrap the data keys; the keys themselves are not here.';
COMMENT ON COLUMN credentials.kek.id IS 'Name of the key, also bound into each ciphertext.';
COMMENT ON COLUMN credentials.kek.source IS 'file or passphrase.';
COMMENT ON COLUMN credentials.kek.salt IS 'PBKDF2 salt of a passphrase.';
COMMENT ON COLUMN credentials.kek.iterations IS 'PBKDF2-HMAC-SHA256 rounds of a passphrase.';
COMMENT ON COLUMN credentials.kek.check_nonce IS 'Nonce of check_value.';
COMMENT ON COLUMN credentials.kek.check_value IS 'Known text under this key: tells a wrong key from a right one.';
COMMENT ON COLUMN credentials.kek.state IS 'active (wraps), retiring (only unwraps), destroyed.';
COMMENT ON COLUMN credentials.kek.created_at IS 'When it was first used.';
CREATE UNIQUE INDEX kek_active_key ON credentials.kek (state) WHERE state = 'active';

CREATE TABLE credentials.credential (
  id               bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT credential_pkey PRIMARY KEY,
  name             text NOT NULL CONSTRAINT credential_name_key UNIQUE CONSTRAINT credential_name_check CHECK (length(name) BETWEEN 1 AND 200),
  description      text CONSTRAINT credential_description_check CHECK (length(description) <= 2000),
  credential_type  text NOT NULL CONSTRAINT credential_type_check CHECK (credential_type IN ('winrm', 'ssh', 'api_key')),
  current_version  int NOT NULL DEFAULT 1 CONSTRAINT credential_current_version_check CHECK (current_version >= 1),
  created_by       text NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE credentials.credential IS 'A named secret with which targets are reached.';
COMMENT ON COLUMN credentials.credential.id IS 'Never used again; bound into each ciphertext.';
COMMENT ON COLUMN credentials.credential.name IS 'Unique name.';
COMMENT ON COLUMN credentials.credential.description IS 'For people.';
COMMENT ON COLUMN credentials.credential.credential_type IS 'winrm, ssh or api_key.';
COMMENT ON COLUMN credentials.credential.current_version IS 'The version in use.';
COMMENT ON COLUMN credentials.credential.created_by IS 'User id.';
COMMENT ON COLUMN credentials.credential.created_at IS 'When it was made.';
COMMENT ON COLUMN credentials.credential.updated_at IS 'When a field or the version changed last.';

CREATE TABLE credentials.version (
  credential_id  bigint NOT NULL CONSTRAINT version_credential_fk REFERENCES credentials.credential ON DELETE CASCADE,
  version        int NOT NULL CONSTRAINT version_version_check CHECK (version >= 1),
  alg            text NOT NULL DEFAULT 'aes-256-gcm' CONSTRAINT version_alg_check CHECK (alg IN ('aes-256-gcm')),
  kek_id         text NOT NULL CONSTRAINT version_kek_fk REFERENCES credentials.kek ON DELETE RESTRICT,
  wrap_nonce     bytea NOT NULL CONSTRAINT version_wrap_nonce_check CHECK (octet_length(wrap_nonce) = 12),
  wrapped_dek    bytea NOT NULL CONSTRAINT version_wrapped_dek_check CHECK (octet_length(wrapped_dek) = 48),
  nonce          bytea NOT NULL CONSTRAINT version_nonce_check CHECK (octet_length(nonce) = 12),
  ciphertext     bytea NOT NULL CONSTRAINT version_ciphertext_check CHECK (octet_length(ciphertext) BETWEEN 17 AND 262144),
  created_at     timestamptz NOT NULL DEFAULT now(),
  created_by     text NOT NULL,
  CONSTRAINT version_pkey PRIMARY KEY (credential_id, version)
);
COMMENT ON TABLE credentials.version IS 'One encrypted value of a credential; old ones stay.';
COMMENT ON COLUMN credentials.version.credential_id IS 'Whose value.';
COMMENT ON COLUMN credentials.version.version IS 'Counts from 1.';
COMMENT ON COLUMN credentials.version.alg IS 'Cipher of both layers.';
COMMENT ON COLUMN credentials.version.kek_id IS 'Key that wraps the data key.';
COMMENT ON COLUMN credentials.version.wrap_nonce IS 'Nonce of wrapped_dek.';
COMMENT ON COLUMN credentials.version.wrapped_dek IS 'Data key under the wrapping key, with tag.';
COMMENT ON COLUMN credentials.version.nonce IS 'Nonce of ciphertext.';
COMMENT ON COLUMN credentials.version.ciphertext IS 'Value under the data key, with tag.';
COMMENT ON COLUMN credentials.version.created_at IS 'When this value was set.';
COMMENT ON COLUMN credentials.version.created_by IS 'User id.';
CREATE INDEX version_kek_idx ON credentials.version (kek_id);

CREATE TABLE credentials.access_log (
  id               bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT access_log_pkey PRIMARY KEY,
  credential_id    bigint NOT NULL,
  credential_name  text NOT NULL,
  version          int NOT NULL,
  actor            text NOT NULL,
  purpose          text NOT NULL CONSTRAINT access_log_purpose_check CHECK (length(purpose) BETWEEN 1 AND 1000),
  step_id          bigint,
  at               timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE credentials.access_log IS 'Every time a value was decrypted for somebody; outlives the credential.';
COMMENT ON COLUMN credentials.access_log.id IS 'Order of insertion.';
COMMENT ON COLUMN credentials.access_log.credential_id IS 'Which credential; it may be gone.';
COMMENT ON COLUMN credentials.access_log.credential_name IS 'Its name at that time.';
COMMENT ON COLUMN credentials.access_log.version IS 'Which value.';
COMMENT ON COLUMN credentials.access_log.actor IS 'user:ID, or the service with its worker.';
COMMENT ON COLUMN credentials.access_log.purpose IS 'What for: step, test or the reason that an admin gave.';
COMMENT ON COLUMN credentials.access_log.step_id IS 'Step of a run that asked, if any.';
COMMENT ON COLUMN credentials.access_log.at IS 'When.';
CREATE INDEX access_log_credential_idx ON credentials.access_log (credential_id, at);
REVOKE UPDATE, DELETE ON credentials.access_log FROM opsc_credentials;
