import { expect, test } from "vitest";
import { Problem } from "@/api/problem";
import type { Plan } from "./api";
import { findFaults, findSyntaxFaults, toDocument } from "./faults";

const TEXT = `# wished
suite: shop
port_assignments:
  web: 8010
  my.api: 80110
reserved_ports:
  - 8012
  - -1
`;
const refused = (field: string) => new Problem(400, "request.invalid", "fields are wrong", [{ field, code: "x", detail: "is bad" }]);

test.each([
  ["port_assignments.web", 4],
  ["port_assignments.my.api", 5],
  ["reserved_ports[1]", 8],
  ["reserved_ports[7]", 6],
  ["port_assignments", 3],
  ["suite", 2],
  ["unheard_of", 1],
])("a fault of %s is at line %i", (field, line) => {
  expect(findFaults(TEXT, refused(field), undefined)).toEqual([{ line, message: `${field}: is bad` }]);
});

test("a refusal that names a line is marked there", () => {
  const problem = new Problem(400, "ports.bad_manifest", "the document cannot be used: mapping values at line 3 column 7");
  expect(findFaults(TEXT, problem, undefined)[0]?.line).toBe(3);
});

test("a service that cannot have its port is marked", () => {
  const plan: Plan = {
    success: false,
    message: "",
    plan: "",
    reserved: [],
    unreserved: [],
    services: [{ service_id: "web", action: "move", detail: "", listening: [], problem: "port 8010 is taken" }],
  };
  expect(findFaults(TEXT, null, plan)).toEqual([{ line: 4, message: "web: port 8010 is taken" }]);
});

test("what is no YAML, or there twice, is found while it is typed", () => {
  expect(findSyntaxFaults(TEXT)).toEqual([]);
  expect(findSyntaxFaults("a: 1\nb: [1, 2\n")[0]?.line).toBeGreaterThanOrEqual(2);
  expect(findSyntaxFaults("a: 1\na: 2\n")[0]?.line).toBe(2);
});

test("a failure that is no refusal marks nothing", () => {
  expect(findFaults(TEXT, new Problem(503, "x", "away"), undefined)).toEqual([]);
});

test("a backup becomes a document without what only backups have", () => {
  const text = toDocument('{"port_assignments":{"web":1},"port_history":{"web":[1]},"backup_timestamp":"x"}', "shop", "b.json");
  expect(text).toBe("# From the backup b.json.\nsuite: shop\nport_assignments:\n  web: 1\nreserved_ports: []\n");
});
