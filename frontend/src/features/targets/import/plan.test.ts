import { expect, test } from "vitest";
import type { Credential } from "@/api/credentials";
import type { Target } from "@/api/targets";
import { parseCsv } from "./csv";
import { planImport } from "./plan";

const key = { id: 1, name: "key", credential_type: "ssh" } as Credential;
const windows = { id: 2, name: "windows", credential_type: "winrm" } as Credential;
const present = {
  id: 9,
  name: "db-1",
  hostname: "db-1.example.org",
  protocol: "ssh",
  port: 2222,
  credential_ref: 1,
  tags: ["db"],
  metadata: { rack: "r1" },
  depends_on: [],
} as unknown as Target;

function plan(text: string, chosen?: Credential) {
  return planImport(parseCsv(text).rows, { targets: [present], credentials: [key, windows], chosen });
}

test("a new row gets what is usual", () => {
  const [ssh, winrm] = plan("name,protocol\nweb-1,\nwin-1,winrm");
  expect(ssh).toMatchObject({ verdict: "new", target: { hostname: "web-1", protocol: "ssh", port: 22, credential_ref: null } });
  expect(winrm).toMatchObject({ verdict: "new", target: { protocol: "winrm", port: 5985 } });
});

test("a row that says nothing new is the same, and nothing is taken away", () => {
  expect(plan("name,tags\ndb-1,db")[0]).toMatchObject({ verdict: "same", act: undefined });
  expect(plan("name,host\ndb-1,db-1.example.org", key)[0]?.verdict).toBe("same");
});

test("a change holds only what differs, and says it", () => {
  const [row] = plan("name,port,tags\ndb-1,22,prod");
  expect(row).toMatchObject({ verdict: "changed", act: { id: 9, change: { port: 22, tags: ["db", "prod"] } } });
  expect(row?.changes).toEqual(["port 2222 → 22", "tags db → db, prod"]);
});

test("the chosen credential goes to rows that have none, where it fits", () => {
  const rows = plan("name,protocol,credential\na,ssh,\nb,winrm,\nc,winrm,windows", key);
  expect(rows.map((row) => row.target.credential_ref)).toEqual([1, null, 2]);
});

test.each([
  ["name,port\na,99999", /99999/],
  ["name,host\na,http://x", /without a scheme/],
  ["name,tags\na,Web", /“Web” is no tag/],
  ["name,credential\na,nobody", /no credential “nobody”/],
  ["name,credential\na,windows", /does not open ssh/],
  [`name\n${"x".repeat(101)}`, /100 characters/],
])("%j is wrong and says why", (text, fault) => {
  const [row] = plan(text);
  expect(row).toMatchObject({ verdict: "wrong", act: undefined });
  expect(row?.faults.join()).toMatch(fault);
});

test("of two rows with one name the second is wrong", () => {
  const rows = plan("name\na\nb\na");
  expect(rows.map((row) => row.verdict)).toEqual(["new", "new", "wrong"]);
  expect(rows[2]?.faults).toEqual(["has the same name as line 2"]);
});
