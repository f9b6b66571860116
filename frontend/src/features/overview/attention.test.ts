import { expect, test } from "vitest";
import type { Activity, SuiteState } from "./api";
import { findAttention } from "./attention";

const activity = (states: Record<string, number>, open: Record<string, number> = {}): Activity => ({
  open,
  hours: [{ start: "2026-11-26T10:00:00Z", states }],
});

function suite(healthy: number, conflicts: { severity: string; state: string }[] = []): SuiteState {
  return {
    name: "s",
    title: "Suite",
    statistics: { total_services: 3, healthy_services: healthy } as SuiteState["statistics"],
    conflicts: conflicts as SuiteState["conflicts"],
  };
}

const nothing = { activity: activity({ succeeded: 4 }), suites: [suite(3)], platform: { auth: "healthy" } };

test("nothing is said while all is well", () => {
  expect(findAttention(nothing)).toEqual([]);
  expect(findAttention({ activity: undefined, suites: [], platform: undefined })).toEqual([]);
});

test.each([
  [{ ...nothing, activity: activity({ failed: 1 }) }, "bad", "1 run failed in the last 24 hours"],
  [{ ...nothing, activity: activity({}, { needs_attention: 2 }) }, "bad", "2 runs cannot go on"],
  [{ ...nothing, platform: { jobs: "unavailable" } }, "bad", "The service jobs is unavailable"],
  [{ ...nothing, suites: [suite(2)] }, "bad", "1 of 3 services of Suite does not answer well"],
  [{ ...nothing, suites: [suite(0)] }, "warn", "3 of 3 services of Suite do not answer well"],
  [{ ...nothing, suites: [suite(3, [{ severity: "low", state: "open" }])] }, "warn", "1 port conflict in Suite"],
  [{ ...nothing, suites: [suite(3, [{ severity: "high", state: "open" }])] }, "bad", "1 port conflict in Suite"],
])("one thing is named", (state, tone, words) => {
  const found = findAttention(state);
  expect(found).toHaveLength(1);
  expect(found[0]?.tone).toBe(tone);
  expect(found[0]?.text).toContain(words);
});

test("what people suppressed is not shown, and the worst comes first", () => {
  expect(findAttention({ ...nothing, suites: [suite(3, [{ severity: "high", state: "suppressed" }])] })).toEqual([]);
  const both = findAttention({ ...nothing, suites: [suite(0), suite(2)] });
  expect(both.map((item) => item.tone)).toEqual(["bad", "warn"]);
});
