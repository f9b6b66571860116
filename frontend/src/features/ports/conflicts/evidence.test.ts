import { expect, test } from "vitest";
import { readEvidence } from "./evidence";

test("who holds a socket is told in the order in which it is read", () => {
  const seen = readEvidence({ pid: 42, program: "node", since: "2026-11-25T18:40:56Z", address: "0.0.0.0" });
  expect(seen.map((one) => `${one.label}: ${one.value}`)).toEqual([
    "Program: node",
    "Process: pid 42",
    "Runs since: 2026-11-25T18:40:56Z",
    "Listens on: 0.0.0.0",
  ]);
});

test("what may not be seen is left out", () => {
  expect(readEvidence({ pid: null, program: null, since: null, address: "::" })).toEqual([{ label: "Listens on", value: "::" }]);
});

test("a duplicate that nobody has says so", () => {
  expect(readEvidence({ keeper: null })).toEqual([{ label: "Has the port", value: "none of them" }]);
});

test.each([[null], ["text"], [{}], [{ pid: "no number" }]])("of %j nothing is told", (evidence) => {
  expect(readEvidence(evidence)).toEqual([]);
});
