/** Carrying out an import, row by row. */

import { useRef, useState } from "react";
import { toProblem } from "@/api/problem";
import type { Target } from "@/api/targets";
import { changeTarget, createTarget, useTargetActions } from "../api";
import { runBatch } from "../batch";
import type { Planned } from "./plan";

/** Calls at the same time. */
const WIDTH = 4;

/** How a row ended. */
export type Result = { id: number; word: "created" | "changed" } | { refused: string };

/** How far an import is. */
export interface ImportProgress {
  running: boolean;
  done: number;
  of: number;
  failed: number;
}

const NOT_BEGUN: ImportProgress = { running: false, done: 0, of: 0, failed: 0 };

/** Identifies a row with all that would be done for it: mended, it is another one. */
const keyOf = ({ row, target }: Planned): string => JSON.stringify([row.name, target]);

/** An import, its progress, and the result of each row. */
export function useImport() {
  const { reread } = useTargetActions();
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map());
  const [progress, setProgress] = useState(NOT_BEGUN);
  const control = useRef<AbortController>(undefined);

  const start = async (rows: readonly Planned[]) => {
    const stop = new AbortController();
    control.current = stop;
    setProgress({ ...NOT_BEGUN, running: true, of: rows.length });
    await runBatch<Planned, Target>({
      items: rows,
      width: WIDTH,
      run: write,
      ended: (planned, outcome) => {
        const result: Result = outcome.ok
          ? { id: outcome.value.id, word: planned.verdict === "new" ? "created" : "changed" }
          : { refused: outcome.problem.errors[0]?.detail ?? outcome.problem.detail };
        setResults((before) => new Map(before).set(keyOf(planned), result));
        setProgress((now) => ({ ...now, done: now.done + 1, failed: now.failed + (outcome.ok ? 0 : 1) }));
      },
      stop: stop.signal,
    });
    // Until the list is read anew, what was made would still look new.
    await reread();
    setProgress((now) => ({ ...now, running: false }));
  };
  return {
    progress,
    start,
    stop: () => control.current?.abort(),
    resultOf: (planned: Planned): Result | undefined => results.get(keyOf(planned)),
  };
}

function write({ act }: Planned): Promise<Target> {
  if (!act) return Promise.reject(toProblem(new Error("nothing to do")));
  return "create" in act ? createTarget(act.create) : changeTarget(act.id, act.change);
}
