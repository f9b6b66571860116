import { expect, test } from "vitest";
import type { Run, RunStep } from "@/api/runs";
import type { RunEvent } from "@/live/runs";
import { applyToRun, applyToSteps } from "./events";

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`;
const event = (kind: string, second: number, step: number | null, data: unknown = {}): RunEvent => ({ seq: second, kind, at: at(second), step_id: step, data });
const step = (id: number, more: Partial<RunStep> = {}) => ({ id, status: "queued", epoch: 0, started_at: null, finished_at: null, ...more }) as RunStep;

test("a step starts, fails and tells why", () => {
  const before = [step(1), step(2)];
  const after = applyToSteps(before, [event("step.running", 1, 2), event("step.failed", 3, 2, { reason: "exit_code", exit_code: 4, epoch: 1 })]);
  expect(after[1]).toMatchObject({ status: "failed", reason: "exit_code", exit_code: 4, epoch: 1, started_at: at(1), finished_at: at(3) });
  expect(after[0]).toBe(before[0]);
});

test("what is older than what was read changes nothing", () => {
  const known = [step(1, { status: "succeeded", started_at: at(1), finished_at: at(5) })];
  expect(applyToSteps(known, [event("step.running", 1, 1), event("step.failed", 2, 1)])[0]).toBe(known[0]);
});

test("output and what is about the run leave the list as it is", () => {
  const known = [step(1)];
  expect(applyToSteps(known, [event("output", 1, 1), event("run.running", 1, null)])).toBe(known);
});

test("a step that is put back starts again", () => {
  const known = [step(1, { status: "running", epoch: 1, started_at: at(1) })];
  const after = applyToSteps(known, [event("step.queued", 2, 1, { reason: "lost_executor" }), event("step.running", 4, 1)]);
  expect(after[0]).toMatchObject({ status: "running", epoch: 2, started_at: at(4) });
});

test("a run starts and ends once", () => {
  const run = { status: "queued", started_at: null, finished_at: null } as Run;
  const after = applyToRun(run, [event("run.running", 1, null), event("run.failed", 5, null, { reason: "step_failed" })]);
  expect(after).toMatchObject({ status: "failed", reason: "step_failed", started_at: at(1), finished_at: at(5) });
  expect(applyToRun(after, [event("run.running", 6, null)])).toBe(after);
  expect(applyToRun(run, [event("run.cancel_requested", 2, null)]).cancel_requested_at).toBe(at(2));
});

test("ten thousand steps take a frame at most", () => {
  const steps = Array.from({ length: 10_000 }, (_, id) => step(id));
  const events = Array.from({ length: 500 }, (_, id) => event("step.running", 1, id * 20));
  const begun = performance.now();
  applyToSteps(steps, events);
  expect(performance.now() - begun).toBeLessThan(50);
});
