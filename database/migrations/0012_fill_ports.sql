-- Brings the two suites that every installation starts with.
INSERT INTO ports.suite (name, title, span, host_template) VALUES
  ('itechsmart', 'iTechSmart suite', '[8000,9000)', NULL),
  ('opsconductor', 'OpsConductor', '[3000,3100)', '127.0.0.1');

INSERT INTO ports.service (suite_id, name, title, category, criticality, movable, default_port, port)
SELECT s.id, d.name, d.title, d.category, d.criticality, d.movable, d.port, d.port
FROM ports.suite s JOIN (VALUES
  ('itechsmart', 'itechsmart-enterprise', 'iTechSmart Enterprise', 'foundation', 'critical', 'live', 8001),
  ('itechsmart', 'itechsmart-ninja', 'iTechSmart Ninja', 'foundation', 'high', 'live', 8002),
  ('itechsmart', 'itechsmart-analytics', 'iTechSmart Analytics', 'foundation', 'normal', 'live', 8003),
  ('itechsmart', 'itechsmart-supreme', 'iTechSmart Supreme', 'foundation', 'normal', 'live', 8004),
  ('itechsmart', 'itechsmart-hl7', 'iTechSmart HL7', 'foundation', 'high', 'live', 8005),
  ('itechsmart', 'prooflink-ai', 'ProofLink.AI', 'foundation', 'normal', 'live', 8006),
  ('itechsmart', 'passport', 'PassPort', 'foundation', 'critical', 'live', 8007),
  ('itechsmart', 'impactos', 'ImpactOS', 'foundation', 'normal', 'live', 8008),
  ('itechsmart', 'legalai-pro', 'LegalAI Pro', 'foundation', 'normal', 'live', 8000),
  ('itechsmart', 'itechsmart-dataflow', 'iTechSmart DataFlow', 'strategic', 'normal', 'live', 8010),
  ('itechsmart', 'itechsmart-pulse', 'iTechSmart Pulse', 'strategic', 'normal', 'live', 8011),
  ('itechsmart', 'itechsmart-connect', 'iTechSmart Connect', 'strategic', 'normal', 'live', 8012),
  ('itechsmart', 'itechsmart-vault', 'iTechSmart Vault', 'strategic', 'critical', 'live', 8013),
  ('itechsmart', 'itechsmart-notify', 'iTechSmart Notify', 'strategic', 'normal', 'live', 8014),
  ('itechsmart', 'itechsmart-ledger', 'iTechSmart Ledger', 'strategic', 'high', 'live', 8015),
  ('itechsmart', 'itechsmart-copilot', 'iTechSmart Copilot', 'strategic', 'normal', 'live', 8016),
  ('itechsmart', 'itechsmart-shield', 'iTechSmart Shield', 'strategic', 'high', 'live', 8017),
  ('itechsmart', 'itechsmart-workflow', 'iTechSmart Workflow', 'strategic', 'normal', 'live', 8018),
  ('itechsmart', 'itechsmart-marketplace', 'iTechSmart Marketplace', 'strategic', 'normal', 'live', 8019),
  ('itechsmart', 'itechsmart-cloud', 'iTechSmart Cloud', 'business', 'normal', 'live', 8020),
  ('itechsmart', 'itechsmart-devops', 'iTechSmart DevOps', 'business', 'normal', 'live', 8021),
  ('itechsmart', 'itechsmart-mobile', 'iTechSmart Mobile', 'business', 'normal', 'live', 8022),
  ('itechsmart', 'itechsmart-ai', 'iTechSmart AI', 'business', 'normal', 'live', 8023),
  ('itechsmart', 'itechsmart-compliance', 'iTechSmart Compliance', 'business', 'normal', 'live', 8024),
  ('itechsmart', 'itechsmart-data-platform', 'iTechSmart Data Platform', 'business', 'normal', 'live', 8025),
  ('itechsmart', 'itechsmart-customer-success', 'iTechSmart Customer Success', 'business', 'normal', 'live', 8026),
  ('itechsmart', 'itechsmart-port-manager', 'iTechSmart Port Manager', 'port-manager', 'critical', 'manual', 8100),
  ('opsconductor', 'auth', 'Sign-in', 'platform', 'critical', 'manual', 3001),
  ('opsconductor', 'user', 'Users', 'platform', 'high', 'manual', 3002),
  ('opsconductor', 'credentials', 'Credentials', 'platform', 'high', 'manual', 3004),
  ('opsconductor', 'targets', 'Targets', 'platform', 'normal', 'manual', 3005),
  ('opsconductor', 'jobs', 'Jobs', 'platform', 'high', 'manual', 3006),
  ('opsconductor', 'executor', 'Executor', 'platform', 'high', 'manual', 3007)
) AS d (suite, name, title, category, criticality, movable, port) ON d.suite = s.name;

INSERT INTO ports.claim (span, kind, service_id, reason, claimed_by, claimed_at)
SELECT int4range(port, port + 1), 'assigned', id, 'default', 'system', now() FROM ports.service;

INSERT INTO ports.history (service_id, port, at, actor, reason, revision)
SELECT id, port, now(), 'system', 'default', 0 FROM ports.service ORDER BY id;

INSERT INTO ports.dependency (service_id, depends_on)
SELECT c.id, p.id FROM (VALUES
  ('user', 'auth'), ('auth', 'user'), ('credentials', 'auth'), ('targets', 'auth'), ('targets', 'credentials'),
  ('jobs', 'auth'), ('jobs', 'targets'), ('executor', 'auth'), ('executor', 'credentials')
) AS d (caller, called)
JOIN ports.suite s ON s.name = 'opsconductor'
JOIN ports.service c ON c.suite_id = s.id AND c.name = d.caller
JOIN ports.service p ON p.suite_id = s.id AND p.name = d.called;
