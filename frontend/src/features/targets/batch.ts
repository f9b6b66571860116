/** Doing the same with many targets, some at a time. */

import { type Problem, toProblem } from "@/api/problem";

/** Tries of a call that was told to come again later. */
const MAX_TRIES = 4;
/** Milliseconds before such a try, unless the service says how long. */
const USUAL_WAIT = 1000;

/** How a call of a batch ended. */
export type Outcome<R> = { ok: true; value: R } | { ok: false; problem: Problem };

interface Batch<T, R> {
  items: readonly T[];
  /** Calls at the same time. */
  width: number;
  run: (item: T) => Promise<R>;
  /** Called as each one ends. */
  ended: (item: T, outcome: Outcome<R>) => void;
  /** Nothing more is begun when this is aborted. */
  stop: AbortSignal;
}

/** Runs a call for each item; ends when all have ended, or what was begun has after a stop. */
export async function runBatch<T, R>({ items, width, run, ended, stop }: Batch<T, R>): Promise<void> {
  const queue = items.values();
  const work = async () => {
    for (const item of queue) {
      if (stop.aborted) return;
      ended(item, await patiently(() => run(item), stop));
    }
  };
  await Promise.all(Array.from({ length: width }, work));
}

/** Tries again what was refused only for being too much at once. */
async function patiently<R>(run: () => Promise<R>, stop: AbortSignal): Promise<Outcome<R>> {
  for (let tries = 1; ; tries += 1) {
    try {
      return { ok: true, value: await run() };
    } catch (failure) {
      const problem = toProblem(failure);
      if (problem.status !== 429 || tries === MAX_TRIES || stop.aborted) return { ok: false, problem };
      const wait = problem.retryAfter ? problem.retryAfter * 1000 : USUAL_WAIT;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** Orders targets so that each comes before those it needs: the order to delete them in. */
export function dependentsFirst<T extends { id: number; depends_on: readonly number[] }>(targets: readonly T[]): T[] {
  const byId = new Map(targets.map((target) => [target.id, target]));
  const done = new Set<number>();
  const order: T[] = [];
  const visit = (target: T) => {
    if (done.has(target.id)) return;
    done.add(target.id);
    for (const id of target.depends_on) {
      const needed = byId.get(id);
      if (needed) visit(needed);
    }
    order.push(target);
  };
  for (const target of targets) visit(target);
  return order.reverse();
}
