/** Steps by targets: one row for each target, one column for each step of the job. */

import type { RunStep } from "@/api/runs";
import { holds } from "@/ui/Toolbar";
import type { MatrixFilter } from "./address";
import { targetOf } from "./steps";

/** What needs somebody most comes first; a target is as its worst step. */
const WORST_FIRST = ["unknown", "failed", "running", "aborted", "queued", "skipped", "succeeded"];

/** One target: its state, and the places of its steps. */
export interface MatrixRow {
  target: string;
  state: string;
  cells: (number | undefined)[];
}

/** All targets of a run. */
export interface Matrix {
  columns: string[];
  rows: MatrixRow[];
}

const rank = (state: string): number => {
  const place = WORST_FIRST.indexOf(state);
  return place < 0 ? WORST_FIRST.length : place;
};

/** Lays the steps out. Steps of the same name share a column, unless a target has several. */
export function toMatrix(steps: readonly RunStep[]): Matrix {
  const columns: string[] = [];
  const columnOf = new Map<string, number>();
  const rows = new Map<string, MatrixRow & { seen: Map<string, number> }>();
  steps.forEach((step, place) => {
    const target = targetOf(step);
    let row = rows.get(target);
    if (!row) rows.set(target, (row = { target, state: step.status, cells: [], seen: new Map() }));
    const time = row.seen.get(step.name) ?? 0;
    row.seen.set(step.name, time + 1);
    const key = `${time} ${step.name}`;
    let column = columnOf.get(key);
    if (column === undefined) {
      column = columns.push(step.name) - 1;
      columnOf.set(key, column);
    }
    row.cells[column] = place;
    if (rank(step.status) < rank(row.state)) row.state = step.status;
  });
  return { columns, rows: [...rows.values()].map(({ target, state, cells }) => ({ target, state, cells })) };
}

/** How many targets are in each state, what needs somebody first. */
export function countStates(rows: readonly MatrixRow[]): [state: string, targets: number][] {
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => rank(a) - rank(b));
}

/** The targets that the filter lets through, in its order. */
export function pickRows(rows: readonly MatrixRow[], { state, find, order }: MatrixFilter): MatrixRow[] {
  const picked = rows.filter((row) => (state === "" || row.state === state) && holds(find, row.target));
  return order === "trouble" ? picked.sort((a, b) => rank(a.state) - rank(b.state)) : picked;
}
