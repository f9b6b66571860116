import { expect, test } from "vitest";
import type { Run, RunStep } from "@/api/runs";
import { compareParameters, compareSteps } from "./compare";

const step = (name: string, target: string, status: string, seconds = 1, exit: number | null = 0) =>
  ({
    ...{ name, target_name: target, status, exit_code: exit, started_at: "2026-01-01T00:00:00Z" },
    finished_at: new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString(),
  }) as RunStep;

test("only parameters that differ are told, those that one run lacks as well", () => {
  const run = (parameters: Record<string, unknown>) => ({ parameters }) as unknown as Run;
  expect(compareParameters(run({ a: 1, b: [1], c: "x" }), run({ a: 1, b: [2], d: true }))).toEqual([
    { name: "b", before: [1], after: [2] },
    { name: "c", before: "x", after: undefined },
    { name: "d", before: undefined, after: true },
  ]);
});

test("steps meet by name and target, whatever their order", () => {
  const found = compareSteps(
    [step("stop", "a", "succeeded"), step("stop", "b", "succeeded")],
    [step("stop", "b", "failed", 1, 3), step("stop", "a", "succeeded", 4), step("stop", "c", "succeeded")],
  );
  expect(found.map(({ target, places, isOther, isOtherTime, slower }) => [target, places, isOther, isOtherTime, slower])).toEqual([
    ["b", [1, 0], true, false, 0],
    ["a", [0, 1], false, true, 3000],
    ["c", [-1, 2], true, false, undefined],
  ]);
});

test("a little more time is no difference, nor is a part of a second", () => {
  const time = (before: number, after: number) => compareSteps([step("s", "a", "succeeded", before)], [step("s", "a", "succeeded", after)])[0]?.isOtherTime;
  expect([time(10, 12), time(10, 16), time(10, 2), time(1, 1)]).toEqual([false, true, true, false]);
});

test("a step that a target has twice is compared with its own", () => {
  const found = compareSteps([step("w", "a", "succeeded"), step("w", "a", "failed")], [step("w", "a", "succeeded"), step("w", "a", "failed")]);
  expect(found.map((one) => one.isOther)).toEqual([false, false]);
});
