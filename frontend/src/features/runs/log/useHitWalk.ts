/** Goes from one line that was found to the next. */

import { useState } from "react";
import type { Problem } from "@/api/problem";
import { type Shown, type StepOf, useHits } from "./output";

/** What was found, and where one is. */
export interface HitWalk {
  /** Lines that were found so far, and whether there are more. */
  found: number;
  more: boolean;
  /** Place among them, from 0. */
  at: number;
  /** Number of the line that is looked at. */
  hit: number | undefined;
  isSearching: boolean;
  problem: Problem | null;
  step: (by: 1 | -1) => void;
}

/** Searches for a text; a new one begins at its first line. */
export function useHitWalk(of: StepOf, shown: Shown, text: string, version: string): HitWalk {
  const hits = useHits(of, shown, text, version);
  const key = `${shown} ${text}`;
  const [walked, setWalked] = useState({ key, at: 0 });
  const numbers = (text !== "" && hits.data?.numbers) || [];
  const more = Boolean(hits.data?.more);
  const at = walked.key === key && numbers.length > 0 ? Math.min(walked.at, numbers.length - 1) : 0;
  const step = (by: 1 | -1) => {
    if (numbers.length === 0) return;
    const next = at + by;
    if (next === numbers.length && more) {
      void hits.fetchNextPage().then(() => setWalked({ key, at: next }));
      return;
    }
    setWalked({ key, at: (next + numbers.length) % numbers.length });
  };
  return { found: numbers.length, more, at, hit: numbers[at], isSearching: text !== "" && hits.isFetching, problem: hits.error, step };
}
