/**
 * Events of the port manager, as they happen.
 *
 * One tab holds the WebSocket and passes what it hears on to the others. Who holds it is whoever
 * has the lock; when that tab closes, the next one gets it and goes on after the last number.
 */

import { useEffect, useSyncExternalStore } from "react";
import { accessToken } from "@/api/tokens";
import { Store } from "@/api/store";
import { pause } from "./pause";

/** What every event that has a number of its own carries. */
interface Told {
  seq: number;
  /** When it happened, in seconds since 1970. */
  timestamp: number;
  suite: string;
  /** Who brought it about: a person, or a part of the port manager. */
  actor: string;
}

/** What the port manager says. */
export type PortEvent =
  | { type: "connected"; seq?: number }
  | { type: "heartbeat"; seq?: number }
  /** Numbers were missed: everything has to be read anew. */
  | { type: "resync"; seq?: number }
  | ToldEvent
  /** How far a move is; the history does not show each step. */
  | (Told & { type: "move_progress"; service_id: string; move_id: number; phase: string });

/** An event of the history, which can also be read later. */
export type ToldEvent = Told &
  (
    | { type: "port_change"; service_id: string; old_port: number | null; new_port: number | null; reason?: string }
    | { type: "conflicts_detected"; count: number }
    | { type: "service_status"; service_id: string; status: string; before?: string; detail?: string; port?: number | null }
  );

/** Whether events come in. */
export type LiveState = "connecting" | "live" | "lost";

type Passed = { event: PortEvent } | { state: LiveState } | { ask: true };

const LOCK = "opsc-live-ports";
const CHANNEL = "opsc-live-ports";
/** Milliseconds before the first and the longest wait for a new connection. */
const [FIRST_WAIT, LONGEST_WAIT] = [500, 15_000];
/** A connection that says nothing for so long is dead; heartbeats come more often. */
const SILENCE_MS = 30_000;

const state = new Store<LiveState>("connecting");
const listeners = new Set<(event: PortEvent) => void>();

/** Whether events come in, watched. */
export const useLiveState = (): LiveState => useSyncExternalStore(state.watch, state.get);

/** Calls `listener` for each event while the component is shown. */
export function usePortEvents(listener: (event: PortEvent) => void): void {
  useEffect(() => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, [listener]);
}

function hear(event: PortEvent): void {
  for (const listener of listeners) listener(event);
}

/** Keeps events coming until the answer is called. */
export function startLivePorts(): () => void {
  const stop = new AbortController();
  const channel = new BroadcastChannel(CHANNEL);
  let leads = false;
  channel.onmessage = ({ data }: MessageEvent<Passed>) => {
    if ("event" in data) hear(data.event);
    else if ("state" in data) state.set(data.state);
    else if (leads) channel.postMessage({ state: state.get() });
  };
  channel.postMessage({ ask: true } satisfies Passed);
  const pass = (passed: Passed) => {
    if ("event" in passed) hear(passed.event);
    else if ("state" in passed) state.set(passed.state);
    channel.postMessage(passed);
  };
  navigator.locks
    .request(LOCK, { signal: stop.signal }, async () => {
      leads = true;
      await lead(pass, stop.signal);
    })
    .catch(() => undefined);
  return () => {
    stop.abort();
    channel.close();
  };
}

/** Connects, and connects again, until it is stopped. */
async function lead(pass: (passed: Passed) => void, stop: AbortSignal): Promise<void> {
  let wait = FIRST_WAIT;
  let after: number | undefined;
  while (!stop.aborted) {
    const token = await accessToken().catch(() => undefined);
    if (token !== undefined) {
      await listen(token, after, stop, (event) => {
        if (event.type === "connected") {
          wait = FIRST_WAIT;
          pass({ state: "live" });
        }
        // The number of "connected" is the newest there is, not the last one that was heard.
        if (event.type !== "connected" || after === undefined) after = event.seq ?? after;
        pass({ event });
      });
    }
    if (stop.aborted) return;
    pass({ state: "lost" });
    await pause(wait + Math.random() * wait, stop);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

/** Hears one connection to its end. */
function listen(
  token: string,
  after: number | undefined,
  stop: AbortSignal,
  heard: (event: PortEvent) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const query = after === undefined ? "" : `?after=${after}`;
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/updates${query}`);
    const close = () => socket.close();
    let silence = setTimeout(close, SILENCE_MS);
    stop.addEventListener("abort", close);
    socket.onopen = () => socket.send(JSON.stringify({ type: "auth", token }));
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      clearTimeout(silence);
      silence = setTimeout(close, SILENCE_MS);
      heard(JSON.parse(data) as PortEvent);
    };
    socket.onclose = () => {
      clearTimeout(silence);
      stop.removeEventListener("abort", close);
      resolve();
    };
  });
}
