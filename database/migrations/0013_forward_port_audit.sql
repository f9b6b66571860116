-- Lets calls wait for the suite's Ledger, which keeps audit records.
ALTER TABLE ports.outbox DROP CONSTRAINT outbox_partner_check;
ALTER TABLE ports.outbox ADD CONSTRAINT outbox_partner_check CHECK (partner IN ('hub', 'ninja', 'ledger'));
COMMENT ON TABLE ports.outbox IS 'What partners of the suite still have to be told; delivered in order, then removed.';
COMMENT ON COLUMN ports.outbox.partner IS 'hub, ninja or ledger.';
