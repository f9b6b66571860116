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

/** A line of a step's output. */
export interface LinePlace {
  stream: "out" | "err";
  /** Counted from 1 in its stream. */
  number: number;
}

/** What an address points at: a step by its place, counted from 0, and perhaps a line. */
export interface Place {
  step: number;
  line: LinePlace | null;
}

/** Reads `#step-2`, `#step-2-L14` (standard output) or `#step-2-E3` (standard error). */
export function readPlace(hash: string): Place | null {
  const found = /^#step-(\d{1,6})(?:-([LE])(\d{1,9}))?$/.exec(hash);
  if (!found?.[1]) return null;
  const line: LinePlace | null = found[3] ? { stream: found[2] === "E" ? "err" : "out", number: Number(found[3]) } : null;
  return { step: Number(found[1]) - 1, line };
}

/** The address of a place, as `readPlace` reads it. */
export function writePlace({ step, line }: Place): string {
  return `#step-${step + 1}${line ? `-${line.stream === "err" ? "E" : "L"}${line.number}` : ""}`;
}

/** Steps by targets: a cell is the place of a step, or nothing. */
export interface Matrix {
  targets: string[];
  rows: { name: string; cells: (number | undefined)[] }[];
}

/** Lays steps of the same name side by side, one column for each target. */
export function toMatrix(steps: readonly RunStep[]): Matrix {
  const targets = [...new Set(steps.map(targetOf))];
  const rows: Matrix["rows"] = [];
  steps.forEach((step, place) => {
    const column = targets.indexOf(targetOf(step));
    let row = rows.find((one) => one.name === step.name && one.cells[column] === undefined);
    if (!row) {
      row = { name: step.name, cells: targets.map(() => undefined) };
      rows.push(row);
    }
    row.cells[column] = place;
  });
  return { targets, rows };
}

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
