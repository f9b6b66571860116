/** What differs between two runs of a job. */

import type { Run, RunStep } from "@/api/runs";
import { targetOf } from "./steps";

/** A parameter in both runs; nothing where a run does not have it. */
export interface ParameterDifference {
  name: string;
  before: unknown;
  after: unknown;
}

/** Parameters that both runs do not share. */
export function compareParameters(before: Run, after: Run): ParameterDifference[] {
  const names = [...new Set([...Object.keys(before.parameters), ...Object.keys(after.parameters)])].sort();
  const of = (run: Run, name: string): unknown => (run.parameters as Record<string, unknown>)[name];
  return names
    .map((name) => ({ name, before: of(before, name), after: of(after, name) }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}

/** A step on a target, in both runs. */
export interface StepDifference {
  key: string;
  name: string;
  target: string;
  before: RunStep | undefined;
  after: RunStep | undefined;
  /** Where it is in each of the runs. */
  places: [before: number, after: number];
  /** Milliseconds that it took longer; nothing if it did not run to an end in both. */
  slower: number | undefined;
  /** Whether it ended in another way. */
  isOther: boolean;
  /** Whether it took much longer or much less time. */
  isOtherTime: boolean;
}

/** A change of the time counts from so many milliseconds on, and by this part of what it took. */
const [FROM_MS, FROM_PART] = [1_000, 0.5];

/** All steps of both runs, those of the same name and target side by side. */
export function compareSteps(before: readonly RunStep[], after: readonly RunStep[]): StepDifference[] {
  const [old, now] = [byKey(before), byKey(after)];
  const keys = [...new Set([...now.keys(), ...old.keys()])];
  return keys.map((key) => differenceOf(key, before, after, [old.get(key) ?? -1, now.get(key) ?? -1]));
}

function differenceOf(key: string, before: readonly RunStep[], after: readonly RunStep[], places: [number, number]): StepDifference {
  const [old, now] = [before[places[0]], after[places[1]]];
  const [oldMs, nowMs] = [durationOf(old), durationOf(now)];
  const slower = oldMs === undefined || nowMs === undefined ? undefined : nowMs - oldMs;
  const some = now ?? old;
  return {
    key,
    name: some?.name ?? "",
    target: some ? targetOf(some) : "",
    before: old,
    after: now,
    places,
    slower,
    isOther: old?.status !== now?.status || (old?.exit_code ?? null) !== (now?.exit_code ?? null),
    isOtherTime: slower !== undefined && Math.abs(slower) >= FROM_MS && Math.abs(slower) >= FROM_PART * (oldMs ?? 0),
  };
}

/** Places of steps by target, name, and how often that target had that name before. */
function byKey(steps: readonly RunStep[]): Map<string, number> {
  const times = new Map<string, number>();
  const places = new Map<string, number>();
  steps.forEach((step, place) => {
    const name = JSON.stringify([targetOf(step), step.name]);
    const time = times.get(name) ?? 0;
    times.set(name, time + 1);
    places.set(`${time} ${name}`, place);
  });
  return places;
}

function durationOf(step: RunStep | undefined): number | undefined {
  if (!step?.started_at || !step.finished_at) return undefined;
  return Date.parse(step.finished_at) - Date.parse(step.started_at);
}
