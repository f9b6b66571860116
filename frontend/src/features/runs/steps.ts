/** What is known of the steps of a run, and how they are laid out. */

import { isMoving, type RunStep } from "@/api/runs";

const FINAL = ["succeeded", "failed", "aborted", "skipped"];

/** Whether nothing more happens to a step. */
export const isFinal = (status: string): boolean => FINAL.includes(status);

/** On how many targets not all was done. */
export function openTargets(steps: readonly RunStep[]): number {
  const open = steps.filter((step) => step.status !== "succeeded" && step.status !== "skipped");
  return new Set(open.map((step) => step.target_id)).size;
}

/** The step that people want to see first: what waits for them, what went wrong, what runs, else the last. */
export function firstToSee(steps: readonly RunStep[]): number {
  for (const wanted of ["unknown", "failed", "running"]) {
    const found = steps.findIndex((step) => step.status === wanted);
    if (found >= 0) return found;
  }
  if (steps.some((step) => isMoving(step.status))) return Math.max(0, steps.findIndex((step) => step.status === "queued"));
  return Math.max(0, steps.findLastIndex((step) => step.started_at));
}

/** What an address points at: a step by its place, counted from 0, and perhaps a line of its output, counted from 1. */
export interface Place {
  step: number;
  line: number | null;
}

/** Reads `#step-2` and `#step-2-L14`. */
export function readPlace(hash: string): Place | null {
  const found = /^#step-(\d{1,6})(?:-L(\d{1,12}))?$/.exec(hash);
  if (!found?.[1]) return null;
  return { step: Number(found[1]) - 1, line: Number(found[2]) || null };
}

/** The address of a place, as `readPlace` reads it. */
export const writePlace = ({ step, line }: Place): string => `#step-${step + 1}${line ? `-L${line}` : ""}`;

/** Name of the target, or what stands for one that is not known. */
export const targetOf = (step: RunStep): string => step.target_name ?? "no target";

/** Where the bar of a step lies, as parts of the whole time of its run. */
export interface Bar {
  start: number;
  length: number;
}

/** From when to when a run went, in milliseconds; what goes on ends now. */
export function spanOf(run: { queued_at: string; started_at?: string | null; finished_at?: string | null }, now: number): [number, number] {
  const from = Date.parse(run.started_at ?? run.queued_at);
  const to = run.finished_at ? Date.parse(run.finished_at) : Math.max(now, from);
  return [from, Math.max(to, from + 1)];
}

/** The bar of a step, nothing if it has not started. */
export function barOf(step: RunStep, [from, to]: [number, number]): Bar | null {
  if (!step.started_at) return null;
  const start = Math.min(Math.max(Date.parse(step.started_at), from), to);
  const end = step.finished_at ? Math.min(Math.max(Date.parse(step.finished_at), start), to) : to;
  return { start: (start - from) / (to - from), length: (end - start) / (to - from) };
}
