-- Keeps who did what in rows that nobody can change or remove, linked into a chain that shows any gap.
CREATE TABLE audit.entry (
  id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT entry_pkey PRIMARY KEY,
  at            timestamptz NOT NULL DEFAULT now(),
  actor_kind    text NOT NULL CONSTRAINT entry_actor_kind_check CHECK (actor_kind IN ('user', 'service', 'anonymous', 'system')),
  actor_id      text,
  actor_name    text,
  session_id    text,
  on_behalf_of  text,
  ip            text,
  user_agent    text,
  action        text NOT NULL CONSTRAINT entry_action_check CHECK (action ~ '^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$' AND length(action) <= 100),
  object_kind   text,
  object_id     text,
  object_name   text,
  change        jsonb NOT NULL DEFAULT '{}' CONSTRAINT entry_change_check CHECK (jsonb_typeof(change) = 'object'),
  outcome       text NOT NULL DEFAULT 'ok' CONSTRAINT entry_outcome_check CHECK (outcome IN ('ok', 'denied', 'failed')),
  request_id    text,
  seq           bigint CONSTRAINT entry_seq_key UNIQUE CONSTRAINT entry_seq_check CHECK (seq > 0),
  prev_hash     bytea CONSTRAINT entry_prev_hash_check CHECK (octet_length(prev_hash) = 32),
  hash          bytea CONSTRAINT entry_hash_check CHECK (octet_length(hash) = 32),
  CONSTRAINT entry_linked_check CHECK (num_nulls(seq, prev_hash, hash) IN (0, 3))
);
COMMENT ON TABLE audit.entry IS 'One action that somebody took or was refused.';
COMMENT ON COLUMN audit.entry.id IS 'Order of insertion, not of commit.';
COMMENT ON COLUMN audit.entry.at IS 'Start of the transaction that wrote the row.';
COMMENT ON COLUMN audit.entry.actor_kind IS 'user, service, anonymous or system.';
COMMENT ON COLUMN audit.entry.actor_id IS 'User id or service name; null if anonymous.';
COMMENT ON COLUMN audit.entry.actor_name IS 'Name of the actor at that time.';
COMMENT ON COLUMN audit.entry.session_id IS 'Session of the user, if any.';
COMMENT ON COLUMN audit.entry.on_behalf_of IS 'User id for whom a service acted.';
COMMENT ON COLUMN audit.entry.ip IS 'Address of the client.';
COMMENT ON COLUMN audit.entry.user_agent IS 'User-Agent of the client.';
COMMENT ON COLUMN audit.entry.action IS 'What was done, like target.created.';
COMMENT ON COLUMN audit.entry.object_kind IS 'Kind of the object, like target.';
COMMENT ON COLUMN audit.entry.object_id IS 'Id of the object.';
COMMENT ON COLUMN audit.entry.object_name IS 'Name of the object at that time.';
COMMENT ON COLUMN audit.entry.change IS 'Values before and after, or other facts; never a secret.';
COMMENT ON COLUMN audit.entry.outcome IS 'ok, denied or failed.';
COMMENT ON COLUMN audit.entry.request_id IS 'Request that caused it.';
COMMENT ON COLUMN audit.entry.seq IS 'Place in the chain; null until linked.';
COMMENT ON COLUMN audit.entry.prev_hash IS 'Hash of the row before in the chain.';
COMMENT ON COLUMN audit.entry.hash IS 'HMAC-SHA256 over prev_hash and this row.';
CREATE INDEX entry_unlinked_idx ON audit.entry (id) WHERE seq IS NULL;
CREATE INDEX entry_at_idx ON audit.entry (at, id);
CREATE INDEX entry_action_idx ON audit.entry (action, at);
CREATE INDEX entry_actor_idx ON audit.entry (actor_id, at);
CREATE INDEX entry_object_idx ON audit.entry (object_kind, object_id, at);

CREATE FUNCTION audit.guard_entry() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL
     AND to_jsonb(NEW) - ARRAY['seq', 'prev_hash', 'hash'] = to_jsonb(OLD) - ARRAY['seq', 'prev_hash', 'hash'] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'audit entries can be linked once and never changed or removed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER entry_guard BEFORE UPDATE OR DELETE ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.guard_entry();
CREATE TRIGGER entry_guard_truncate BEFORE TRUNCATE ON audit.entry FOR EACH STATEMENT EXECUTE FUNCTION audit.guard_entry();

CREATE TABLE audit.head (
  only_row   boolean NOT NULL DEFAULT true CONSTRAINT head_pkey PRIMARY KEY CONSTRAINT head_only_row_check CHECK (only_row),
  seq        bigint NOT NULL DEFAULT 0 CONSTRAINT head_seq_check CHECK (seq >= 0),
  hash       bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CONSTRAINT head_hash_check CHECK (octet_length(hash) = 32),
  signature  bytea,
  signed_at  timestamptz,
  CONSTRAINT head_signed_check CHECK (num_nulls(signature, signed_at) IN (0, 2))
);
COMMENT ON TABLE audit.head IS 'End of the chain; exactly one row.';
COMMENT ON COLUMN audit.head.only_row IS 'Always true, so that there is one row.';
COMMENT ON COLUMN audit.head.seq IS 'Sequence number of the last linked row; 0 before the first.';
COMMENT ON COLUMN audit.head.hash IS 'Hash of the last linked row; 32 zero bytes before the first.';
COMMENT ON COLUMN audit.head.signature IS 'Signature of a head; null before the first one.';
COMMENT ON COLUMN audit.head.signed_at IS 'When that head was signed.';
INSERT INTO audit.head DEFAULT VALUES;

GRANT INSERT (actor_kind, actor_id, actor_name, session_id, on_behalf_of, ip, user_agent, action,
              object_kind, object_id, object_name, change, outcome, request_id)
  ON audit.entry TO opsc_auth, opsc_users, opsc_credentials, opsc_targets, opsc_jobs, opsc_executor;
GRANT SELECT ON audit.entry, audit.head TO opsc_users;
GRANT UPDATE (seq, prev_hash, hash) ON audit.entry TO opsc_users;
GRANT UPDATE (seq, hash, signature, signed_at) ON audit.head TO opsc_users;
