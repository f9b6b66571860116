import { useSyncExternalStore } from "react";
import { formatDuration, formatExact, formatRelative } from "./format";

/** Milliseconds between two looks at the clock of what is shown relative to now. */
const TICK_MS = 5_000;

let now = Date.now();
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all of the page. */
function watchClock(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const one of watchers) one();
  }, TICK_MS);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, at most a few seconds old. */
export const useNow = (): number => useSyncExternalStore(watchClock, () => now);

/** A moment, relative to now; its exact time shows on hover. */
export function Time({ at, none = "never" }: { at: string | null | undefined; none?: string }) {
  const current = useNow();
  if (!at) return <span>{none}</span>;
  const moment = new Date(at);
  return (
    <time dateTime={at} title={formatExact(moment)}>
      {formatRelative(moment, new Date(current))}
    </time>
  );
}

/** How long something took, or takes until now. */
export function Duration({ from, to }: { from: string | null | undefined; to?: string | null | undefined }) {
  const current = useNow();
  if (!from) return <span>–</span>;
  const end = to ? Date.parse(to) : Math.max(current, Date.parse(from));
  return <span>{formatDuration(end - Date.parse(from))}</span>;
}
