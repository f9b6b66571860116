/** What events change in what is known of a run. */

import type { Run, RunStatus, RunStep } from "@/api/runs";
import type { RunEvent } from "@/live/runs";

const RUN_STATES: readonly string[] = ["queued", "running", "succeeded", "failed", "canceled", "needs_attention"] satisfies RunStatus[];
const STEP_STATES = ["queued", "running", "succeeded", "failed", "aborted", "skipped", "unknown"];

/** Whether nothing more happens to a step or run in this state. */
const ENDS = ["succeeded", "failed", "aborted", "skipped", "canceled"];

/** Milliseconds within which two starts are the same. */
const SAME_MS = 1000;

interface Told {
  reason?: string;
  exit_code?: number;
  epoch?: number;
}

/** The steps after these events; the same list if none changes. */
export function applyToSteps(steps: RunStep[], events: readonly RunEvent[]): RunStep[] {
  const changes = events.filter((event) => event.step_id != null && event.kind.startsWith("step."));
  if (changes.length === 0) return steps;
  const places = new Map(changes.map((event) => [event.step_id, -1]));
  steps.forEach((step, place) => {
    if (places.has(step.id)) places.set(step.id, place);
  });
  const next = [...steps];
  for (const event of changes) {
    const place = places.get(event.step_id) ?? -1;
    const step = next[place];
    if (step) next[place] = applyToStep(step, event);
  }
  return next;
}

/** When the last thing happened that a step knows of. */
const knownUntil = (step: RunStep): number => Date.parse(step.finished_at ?? step.started_at ?? "") || 0;

function applyToStep(step: RunStep, event: RunEvent): RunStep {
  const status = event.kind.slice("step.".length);
  // What was read after an event knows it already.
  if (!STEP_STATES.includes(status) || Date.parse(event.at) < knownUntil(step)) return step;
  const told = (event.data ?? {}) as Told;
  const next: RunStep = { ...step, status, reason: told.reason ?? null, waiting: [] };
  if (status === "running") {
    // The time of an event is a little after that of its change.
    if (step.status === "running" && Date.parse(event.at) < knownUntil(step) + SAME_MS) return step;
    return { ...next, started_at: event.at, finished_at: null, exit_code: null, epoch: step.epoch + 1 };
  }
  if (status === "queued") return { ...next, finished_at: null };
  next.exit_code = told.exit_code ?? null;
  next.epoch = told.epoch ?? step.epoch;
  next.finished_at = ENDS.includes(status) ? event.at : null;
  return next;
}

/** The run after these events; the same if none is about it. */
export function applyToRun(run: Run, events: readonly RunEvent[]): Run {
  return events.reduce((known, { kind, at, data }) => {
    if (kind === "run.cancel_requested") return { ...known, cancel_requested_at: known.cancel_requested_at ?? at };
    const status = kind.startsWith("run.") ? kind.slice("run.".length) : "";
    if (!RUN_STATES.includes(status) || known.finished_at) return known;
    return {
      ...known,
      status: status as RunStatus,
      reason: (data as Told | null)?.reason ?? null,
      started_at: known.started_at ?? (status === "running" ? at : null),
      finished_at: ENDS.includes(status) ? at : null,
    };
  }, run);
}
