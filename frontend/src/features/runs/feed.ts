/** A run that is watched: its events change what is known, its output goes to who shows it. */

import { useEffect, useState } from "react";
import { useKnownRun } from "@/api/runs";
import { type OutputPiece, type RunEvent, type StreamState, watchRun } from "@/live/runs";
import { applyToRun, applyToSteps } from "./events";

/** Hears what a step prints; nothing says that some of it was passed over. */
export type OutputListener = (pieces: readonly OutputPiece[] | null) => void;

/** Hands the output of a run on, step by step. */
export class OutputBus {
  readonly #listeners = new Map<number, Set<OutputListener>>();

  /** Hears a step until the answer is called. */
  readonly listen = (step: number, listener: OutputListener): (() => void) => {
    const known = this.#listeners.get(step) ?? new Set();
    this.#listeners.set(step, known.add(listener));
    return () => known.delete(listener);
  };

  /** Passes on what came in. */
  readonly tell = (events: readonly RunEvent[]): void => {
    const pieces = new Map<number, OutputPiece[]>();
    for (const { kind, step_id: step, data } of events) {
      if (kind !== "output" || step == null || !this.#listeners.get(step)?.size) continue;
      const known = pieces.get(step);
      if (known) known.push(data as OutputPiece);
      else pieces.set(step, [data as OutputPiece]);
    }
    for (const [step, of] of pieces) this.#listeners.get(step)?.forEach((listener) => listener(of));
  };

  /** Output was passed over, of whatever step. */
  readonly lagged = (): void => {
    for (const listeners of this.#listeners.values()) listeners.forEach((listener) => listener(null));
  };
}

/** Calls `task` before the next picture, or soon where nothing is drawn; once however often it is asked. */
function perFrame(task: () => void): { ask: () => void; stop: () => void } {
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = 0;
    timer = undefined;
  };
  const run = () => {
    stop();
    task();
  };
  return {
    ask: () => {
      if (frame !== 0 || timer !== undefined) return;
      if (document.hidden) timer = setTimeout(run, 250);
      else frame = requestAnimationFrame(run);
    },
    stop,
  };
}

/** Watches a run until it is over, and says how the connection is; the answer hands its output on. */
export function useRunFeed(id: number, isOver: boolean, onState: (state: StreamState) => void): OutputBus {
  const known = useKnownRun(id);
  const [output] = useState(() => new OutputBus());
  // A run that ends is heard to its last word.
  const [wasOver] = useState(isOver);
  useEffect(() => {
    if (wasOver) return;
    let waiting: RunEvent[] = [];
    const frame = perFrame(() => {
      if (known.isReading()) {
        frame.ask();
        return;
      }
      const events = waiting;
      waiting = [];
      known.changeSteps((steps) => applyToSteps(steps, events));
      known.changeRun((run) => applyToRun(run, events));
      output.tell(events);
      if (events.some(({ kind }) => kind.startsWith("run."))) known.refreshRun();
    });
    const stop = watchRun(id, {
      state: (now) => {
        onState(now);
        if (now === "over") known.refresh();
      },
      begun: () => {
        known.refresh();
        output.lagged();
      },
      events: (events) => {
        waiting.push(...events);
        frame.ask();
      },
      lagged: output.lagged,
    });
    return () => {
      stop();
      frame.stop();
    };
  }, [id, wasOver, known, output, onState]);
  return output;
}
