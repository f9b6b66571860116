/** Whether the server can be reached; while it cannot, it is asked every few seconds. */

import { useSyncExternalStore } from "react";
import { Store } from "./store";

/** Milliseconds between two tries. */
const RETRY_MS = 2000;

const reachable = new Store(true);
const healed = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Whether the last request got an answer. */
export const useReachable = (): boolean => useSyncExternalStore(reachable.watch, reachable.get);

/** Calls `listener` each time the server can be reached again. */
export function onHealed(listener: () => void): () => void {
  healed.add(listener);
  return () => healed.delete(listener);
}

/** A request was answered. */
export function reportAnswer(): void {
  clearTimeout(timer);
  timer = undefined;
  if (reachable.get()) return;
  reachable.set(true);
  for (const listener of healed) listener();
}

/** A request was not answered. */
export function reportNoAnswer(): void {
  reachable.set(false);
  timer ??= setTimeout(() => void probe(), RETRY_MS);
}

async function probe(): Promise<void> {
  timer = undefined;
  const answered = await fetch("/health/ready", { cache: "no-store", signal: AbortSignal.timeout(5000) })
    .then((answer) => answer.ok)
    .catch(() => false);
  if (answered) reportAnswer();
  else reportNoAnswer();
}
