-- Keeps the machines of the fleet; a credential in use cannot go away under them.
CREATE TABLE targets.target (
  id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT target_pkey PRIMARY KEY,
  name           text NOT NULL CONSTRAINT target_name_key UNIQUE CONSTRAINT target_name_check CHECK (length(name) BETWEEN 1 AND 200),
  hostname       text NOT NULL CONSTRAINT target_hostname_check CHECK (length(hostname) BETWEEN 1 AND 255),
  protocol       text NOT NULL DEFAULT 'winrm' CONSTRAINT target_protocol_check CHECK (protocol IN ('winrm', 'ssh', 'http')),
  port           int NOT NULL CONSTRAINT target_port_check CHECK (port BETWEEN 1 AND 65535),
  credential_id  bigint CONSTRAINT target_credential_fk REFERENCES credentials.credential ON DELETE RESTRICT,
  metadata       jsonb NOT NULL DEFAULT '{}' CONSTRAINT target_metadata_check CHECK (jsonb_typeof(metadata) = 'object'),
  created_by     text NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE targets.target IS 'A machine or endpoint that steps run on.';
COMMENT ON COLUMN targets.target.id IS 'Never used again.';
COMMENT ON COLUMN targets.target.name IS 'Unique name; job definitions refer to it.';
COMMENT ON COLUMN targets.target.hostname IS 'Host name or address.';
COMMENT ON COLUMN targets.target.protocol IS 'winrm, ssh or http.';
COMMENT ON COLUMN targets.target.port IS 'TCP port.';
COMMENT ON COLUMN targets.target.credential_id IS 'How to sign in there; null if nothing is needed.';
COMMENT ON COLUMN targets.target.metadata IS 'Options of the protocol and notes; never a secret.';
COMMENT ON COLUMN targets.target.created_by IS 'User id.';
COMMENT ON COLUMN targets.target.created_at IS 'When it was made.';
COMMENT ON COLUMN targets.target.updated_at IS 'When a field changed last.';
CREATE INDEX target_credential_idx ON targets.target (credential_id);

CREATE TABLE targets.tag (
  target_id  bigint NOT NULL CONSTRAINT tag_target_fk REFERENCES targets.target ON DELETE CASCADE,
  tag        text NOT NULL CONSTRAINT tag_tag_check CHECK (length(tag) BETWEEN 1 AND 100),
  CONSTRAINT tag_pkey PRIMARY KEY (target_id, tag)
);
COMMENT ON TABLE targets.tag IS 'Labels by which targets are selected.';
COMMENT ON COLUMN targets.tag.target_id IS 'Which target.';
COMMENT ON COLUMN targets.tag.tag IS 'The label, like role:web.';
CREATE INDEX tag_tag_idx ON targets.tag (tag, target_id);

CREATE TABLE targets.dependency (
  target_id   bigint NOT NULL CONSTRAINT dependency_target_fk REFERENCES targets.target ON DELETE CASCADE,
  depends_on  bigint NOT NULL CONSTRAINT dependency_depends_on_fk REFERENCES targets.target ON DELETE RESTRICT,
  CONSTRAINT dependency_pkey PRIMARY KEY (target_id, depends_on),
  CONSTRAINT dependency_self_check CHECK (target_id <> depends_on)
);
COMMENT ON TABLE targets.dependency IS 'Which target needs which other one.';
COMMENT ON COLUMN targets.dependency.target_id IS 'The one that needs.';
COMMENT ON COLUMN targets.dependency.depends_on IS 'The one that is needed; it cannot be deleted.';
CREATE INDEX dependency_depends_on_idx ON targets.dependency (depends_on);

CREATE TABLE targets.host_key (
  id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT host_key_pkey PRIMARY KEY,
  target_id      bigint NOT NULL CONSTRAINT host_key_target_fk REFERENCES targets.target ON DELETE CASCADE,
  algorithm      text NOT NULL CONSTRAINT host_key_algorithm_check CHECK (length(algorithm) BETWEEN 1 AND 100),
  fingerprint    text NOT NULL CONSTRAINT host_key_fingerprint_check CHECK (length(fingerprint) BETWEEN 1 AND 200),
  public_key     text CONSTRAINT host_key_public_key_check CHECK (length(public_key) BETWEEN 1 AND 10000),
  state          text NOT NULL DEFAULT 'offered' CONSTRAINT host_key_state_check CHECK (state IN ('pinned', 'offered', 'revoked')),
  first_seen_at  timestamptz NOT NULL DEFAULT now(),
  accepted_by    text,
  accepted_at    timestamptz,
  CONSTRAINT host_key_fingerprint_key UNIQUE (target_id, fingerprint),
  CONSTRAINT host_key_accepted_check CHECK (num_nulls(accepted_by, accepted_at) IN (0, 2) AND (state <> 'pinned' OR accepted_at IS NOT NULL))
);
COMMENT ON TABLE targets.host_key IS 'Host keys that a target has shown, and what was decided about them.';
COMMENT ON COLUMN targets.host_key.id IS 'Names the key in the API.';
COMMENT ON COLUMN targets.host_key.target_id IS 'Which target.';
COMMENT ON COLUMN targets.host_key.algorithm IS 'Like ssh-ed25519.';
COMMENT ON COLUMN targets.host_key.fingerprint IS 'SHA256:... of the key.';
COMMENT ON COLUMN targets.host_key.public_key IS 'Key in OpenSSH form; null if only its fingerprint was given.';
COMMENT ON COLUMN targets.host_key.state IS 'offered (seen, not trusted), pinned (trusted), revoked (replaced by another key).';
COMMENT ON COLUMN targets.host_key.first_seen_at IS 'When it was seen or imported first.';
COMMENT ON COLUMN targets.host_key.accepted_by IS 'User id of who trusted it.';
COMMENT ON COLUMN targets.host_key.accepted_at IS 'When it was trusted.';

CREATE TABLE targets.check_result (
  target_id   bigint NOT NULL CONSTRAINT check_result_pkey PRIMARY KEY
              CONSTRAINT check_result_target_fk REFERENCES targets.target ON DELETE CASCADE,
  at          timestamptz NOT NULL DEFAULT now(),
  ok          boolean NOT NULL,
  reason      text,
  message     text CONSTRAINT check_result_message_check CHECK (length(message) <= 4000),
  phases      jsonb NOT NULL DEFAULT '[]' CONSTRAINT check_result_phases_check CHECK (jsonb_typeof(phases) IN ('array', 'object')),
  details     jsonb NOT NULL DEFAULT '{}' CONSTRAINT check_result_details_check CHECK (jsonb_typeof(details) = 'object'),
  checked_by  text
);
COMMENT ON TABLE targets.check_result IS 'The last connection test of a target.';
COMMENT ON COLUMN targets.check_result.target_id IS 'Which target.';
COMMENT ON COLUMN targets.check_result.at IS 'When the test ended.';
COMMENT ON COLUMN targets.check_result.ok IS 'Every phase succeeded.';
COMMENT ON COLUMN targets.check_result.reason IS 'Why it failed, like unreachable or auth_failed.';
COMMENT ON COLUMN targets.check_result.message IS 'The same for people.';
COMMENT ON COLUMN targets.check_result.phases IS 'Phases with outcome and milliseconds.';
COMMENT ON COLUMN targets.check_result.details IS 'What the target said about itself.';
COMMENT ON COLUMN targets.check_result.checked_by IS 'User id; null if the service did it by itself.';

CREATE FUNCTION targets.names_using_credential(p_credential_id bigint)
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT name FROM targets.target WHERE credential_id = p_credential_id ORDER BY name
$$;
COMMENT ON FUNCTION targets.names_using_credential IS 'Targets that stop a credential from being deleted; all that credentials may know of targets.';
GRANT EXECUTE ON FUNCTION targets.names_using_credential TO opsc_credentials;
