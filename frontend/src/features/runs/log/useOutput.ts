/** The output of a step, watched. */

import { useEffect, useEffectEvent, useMemo, useSyncExternalStore } from "react";
import type { OutputBus } from "../feed";
import { StreamStore } from "./one-stream";
import { readerOf, type Shown, type StepOf } from "./output";
import { RangeStore } from "./ranges";
import type { OutputStore, Snapshot } from "./store";

/** Reads the output, and keeps its end up to date; `version` changes when there may be more of it. */
export function useOutput({ run, step }: StepOf, shown: Shown, version: string, bus: OutputBus, place: number | null): [OutputStore, Snapshot] {
  const store = useMemo(() => {
    const read = readerOf({ run, step });
    return shown === "" ? new RangeStore(read, "") : new StreamStore(read, shown);
  }, [run, step, shown]);
  const snapshot = useSyncExternalStore(store.watch, store.get);
  useEffect(() => {
    const leave = bus.listen(step, store.hear);
    return () => {
      leave();
      store.close();
    };
  }, [bus, step, store]);
  const begin = useEffectEvent(() => {
    // At once with the end: what is shown first is on its way when the number of lines is known.
    if (store instanceof RangeStore) void store.reveal(place ?? 1);
  });
  useEffect(() => begin(), [store]);
  useEffect(() => store.refresh(), [store, version]);
  return [store, snapshot];
}
