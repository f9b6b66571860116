import { expect, test } from "vitest";
import type { Target } from "@/api/targets";
import { formOf, hostFault, portAfter, portForHttps, readValue, showValue, tagFault, toChanges, toTarget } from "./form";

const target: Target = {
  id: 7,
  name: "win-1",
  hostname: "win-1.example.org",
  protocol: "winrm",
  port: 5986,
  credential_ref: 3,
  tags: ["a", "b"],
  depends_on: [1, 2],
  metadata: { winrm_use_https: true, winrm_validate_cert: false, domain: "CORP", rack: "r5", slot: 12, code: "12" },
  created_at: "",
  updated_at: "",
  last_test: null,
};

test("a target goes through the form unchanged", () => {
  const { id, created_at, updated_at, last_test, ...rest } = target;
  expect(toTarget(formOf(target))).toEqual(rest);
  expect(toChanges(formOf(target), target)).toEqual({});
  expect([id, created_at, updated_at, last_test]).toBeDefined();
});

test("a change holds only what differs", () => {
  const form = { ...formOf(target), name: " win-2 ", credential_ref: null };
  expect(toChanges(form, target)).toEqual({ name: "win-2", credential_ref: null });
});

test("options of WinRM are not sent for other protocols", () => {
  const form = { ...formOf(target), protocol: "ssh" as const };
  expect(toTarget(form).metadata).toEqual({ rack: "r5", slot: 12, code: "12" });
});

test.each([["12"], [12], [true], ["true"], [null], ["null"], ["plain words"], ['"quoted"'], [{ a: [1] }], ["{"], [""]])(
  "the value %j survives being shown and read",
  (value) => expect(readValue(showValue(value))).toEqual(value),
);

test.each([
  ["ssh", "winrm", 22, 5985],
  ["ssh", "winrm", 2222, 2222],
  ["winrm", "ssh", 5986, 22],
  ["http", "ssh", 80, 22],
  ["ssh", "http", "", 80],
] as const)("from %s to %s the port %s becomes %s", (before, after, port, expected) => {
  expect(portAfter(before, after, port)).toBe(expected);
});

test("the port follows TLS unless somebody chose another", () => {
  expect([portForHttps(true, 5985), portForHttps(false, 5986), portForHttps(true, 443)]).toEqual([5986, 5985, 443]);
});

test.each([
  ["web-1", null],
  ["fe80::1", null],
  ["", /host name/],
  ["http://a", /scheme/],
  ["[::1]", /brackets/],
  ["a:22", /port/],
  ["a b", /host name/],
])("the host name %j is judged", (text, fault) => {
  if (fault) expect(hostFault(text)).toMatch(fault);
  else expect(hostFault(text)).toBeNull();
});

test("tags have one form", () => {
  expect(tagFault(["web", "role:web", "0"])).toBeNull();
  expect(tagFault(["web", "Web"])).toMatch(/“Web”/);
});
