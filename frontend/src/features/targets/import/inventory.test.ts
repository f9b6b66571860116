import { expect, test } from "vitest";
import { parseIni } from "./ini";
import { guessForm } from "./parse";
import { expandRange } from "./ranges";
import type { Parsed } from "./row";
import { parseYaml } from "./yaml";

const INI = `# comment
alone.example.org

[web]
web[01:03].example.org ansible_user=deploy
web01.example.org ansible_port=2222 ; not a variable

[db]
db-a ansible_host=10.0.0.5 ansible_port=2200
db-b:2201

[windows]
win-1 ansible_connection=winrm ansible_port=5986 ansible_winrm_server_cert_validation=ignore

[prod:children]
web
db

[prod:vars]
ansible_user=prod-user

[all:vars]
ansible_user="all user"
`;

const YAML = `all:
  vars:
    ansible_user: all user
  hosts:
    alone.example.org:
  children:
    prod:
      vars:
        ansible_user: prod-user
      children:
        web:
          hosts:
            web[01:03].example.org:
              ansible_user: deploy
        db:
          hosts:
            db-a:
              ansible_host: 10.0.0.5
              ansible_port: 2200
            db-b:
              ansible_port: 2201
    windows:
      hosts:
        win-1:
          ansible_connection: winrm
          ansible_port: 5986
          ansible_winrm_server_cert_validation: ignore
`;

const byName = ({ rows }: Parsed) => Object.fromEntries(rows.map((row) => [row.name, row]));

test.each([
  ["INI", parseIni(INI.replace(" ; not a variable", ""))],
  ["YAML", parseYaml(YAML)],
])("an inventory in %s: groups become tags, nearer variables count more", (_, parsed) => {
  expect(parsed.faults).toEqual([]);
  const hosts = byName(parsed);
  expect(Object.keys(hosts)).toHaveLength(7);
  expect(hosts["alone.example.org"]).toMatchObject({ tags: [], metadata: { ansible_user: "all user" }, protocol: "ssh" });
  expect(hosts["web02.example.org"]).toMatchObject({
    hostname: "web02.example.org",
    tags: ["prod", "web"],
    metadata: { ansible_user: "deploy" },
  });
  expect(hosts["db-a"]).toMatchObject({ hostname: "10.0.0.5", port: 2200, tags: ["db", "prod"], metadata: { ansible_user: "prod-user" } });
  expect(hosts["db-b"]).toMatchObject({ hostname: "db-b", port: 2201 });
  expect(hosts["win-1"]).toMatchObject({
    protocol: "winrm",
    port: 5986,
    tags: ["windows"],
    metadata: { winrm_use_https: true, winrm_validate_cert: false },
  });
});

test("a host of several lines and groups is one row that keeps its first line", () => {
  const parsed = parseIni("[web]\na\n[db]\na ansible_port=23\r\n");
  expect(parsed.rows).toHaveLength(1);
  expect(parsed.rows[0]).toMatchObject({ line: 2, port: 23, tags: ["db", "web"] });
});

test("names of groups become tags that are allowed", () => {
  expect(parseIni("[Web_Servers]\na\n[_EU West]\na").rows[0]?.tags).toEqual(["eu-west", "web_servers"]);
});

test.each([
  ["[web\na", 1, /no section/],
  ["[web:sons]\na", 1, /:sons/],
  ["[web]\na junk", 2, /“junk”/],
  ["[web:vars]\njunk", 2, /“junk”/],
  ["[web]\nok\nweb[3:1]", 3, /ends before/],
])("%j is wrong at line %d", (text, line, message) => {
  const fault = parseIni(text).faults[0];
  expect(fault?.line).toBe(line);
  expect(fault?.message).toMatch(message);
});

test.each([
  ["all:\n\thosts:\n", 2, /tab/i],
  ["- a\n- b", 1, /begin with groups/],
  ["web:\n  machines:\n    a:", 2, /“machines”/],
  ["web: a", 1, /“web”/],
  ["web:\n  hosts: a", 2, /as keys/],
])("%j is wrong at line %d", (text, line, message) => {
  const fault = parseYaml(text).faults[0];
  expect(fault?.line).toBe(line);
  expect(fault?.message).toMatch(message);
});

test("a connection or port that no target can have is a fault of its row", () => {
  const [local, port] = parseIni("a ansible_connection=local\nb ansible_port=99999").rows;
  expect(local?.faults[0]).toMatch(/local/);
  expect(port?.faults[0]).toMatch(/99999/);
});

test.each([
  ["web", ["web"]],
  ["web[1:3]", ["web1", "web2", "web3"]],
  ["web[08:10]", ["web08", "web09", "web10"]],
  ["web[0:10:5]", ["web0", "web5", "web10"]],
  ["db-[a:c].x", ["db-a.x", "db-b.x", "db-c.x"]],
  ["r[1:2]n[1:2]", ["r1n1", "r1n2", "r2n1", "r2n2"]],
])("%s stands for its hosts", (pattern, names) => expect(expandRange(pattern)).toEqual({ names }));

test.each([["w[3:1]"], ["w[1:c]"], ["w[1:]"], ["w[1:99999]"], ["w[1:2:0]"], ["w[1:200]x[1:200]"]])("%s stands for none", (pattern) => {
  expect(expandRange(pattern)).toHaveProperty("fault");
});

test.each([
  ["name,host\na,b", "", "csv"],
  ["[web]\na", "", "ini"],
  ["# x\n---\nall:\n  hosts:", "", "yaml"],
  ["all:\n  hosts:\n    a:", "", "yaml"],
  ["web-1 ansible_host=1.2.3.4", "", "ini"],
  ["name,host", "hosts.yml", "yaml"],
  ["x", "hosts.csv", "csv"],
] as const)("%j (%s) looks like %s", (text, file, form) => expect(guessForm(text, file)).toBe(form));
