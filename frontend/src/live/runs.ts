/** What happens in a run, as it happens: server-sent events over a connection that heals by itself. */

import { http } from "@/api/http";
import { toProblem } from "@/api/problem";
import type { components } from "@/api/schema/jobs";
import { pause } from "./pause";
import { EventParser, type ServerEvent } from "./sse";

type Schemas = components["schemas"];

/** A piece of what a step printed. */
export type OutputPiece = Schemas["OutputData"];

/** An entry of the log of a run. */
export interface RunEvent {
  seq: number;
  /** Such as `run.running`, `step.succeeded` or `output`. */
  kind: string;
  at: string;
  step_id?: number | null;
  data: unknown;
}

/** Whether events come in; `over` when the run is. */
export type StreamState = "connecting" | "live" | "lost" | "over";

/** Who hears a run. */
export interface Listener {
  state: (state: StreamState) => void;
  /** Events come from here on: what was read before may be old. */
  begun: () => void;
  events: (events: RunEvent[]) => void;
  /** Output was passed over, since this reader was too slow. */
  lagged: () => void;
}

/** Milliseconds before the first and the longest wait for a new connection. */
const [FIRST_WAIT, LONGEST_WAIT] = [500, 15_000];
/** Milliseconds before a connection with a new token. */
const AGAIN_MS = 50;
/** A connection that says nothing for so long is dead; the server says something every 16 seconds. */
const SILENCE_MS = 40_000;

/** How a connection ended. */
type End = "over" | "again" | "lost";

/** Hears a run until the answer is called. */
export function watchRun(run: number, listener: Listener): () => void {
  const stop = new AbortController();
  void follow(run, listener, stop.signal);
  return () => stop.abort();
}

async function follow(run: number, listener: Listener, stop: AbortSignal): Promise<void> {
  const connection = new Connection(run, listener, stop);
  let wait = FIRST_WAIT;
  while (!stop.aborted) {
    const end = await connection.hear();
    if (stop.aborted) return;
    if (end === "over") {
      listener.state("over");
      return;
    }
    if (end === "lost") listener.state("lost");
    if (connection.heard) wait = FIRST_WAIT;
    await pause(end === "again" ? AGAIN_MS : wait + Math.random() * wait, stop);
    if (end === "lost") wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

class Connection {
  /** Number of the last event. */
  #last: string | undefined;
  /** Whether the last connection was answered. */
  heard = false;

  constructor(
    private readonly run: number,
    private readonly listener: Listener,
    private readonly stop: AbortSignal,
  ) {}

  /** One connection, from its begin to its end. */
  async hear(): Promise<End> {
    this.heard = false;
    const own = new AbortController();
    const abort = () => own.abort();
    this.stop.addEventListener("abort", abort);
    try {
      const body = await this.#open(own.signal);
      if (this.stop.aborted) return "lost";
      this.heard = true;
      this.listener.state("live");
      if (this.#last === undefined) this.listener.begun();
      return await this.#read(body.getReader(), abort);
    } catch (failure) {
      const { status } = toProblem(failure);
      // The number is not known any more: the database is another one.
      if (status === 400 || status === 422) this.#last = undefined;
      return "lost";
    } finally {
      this.stop.removeEventListener("abort", abort);
      own.abort();
    }
  }

  async #open(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const answer = await http.get<ReadableStream<Uint8Array>>(`/v1/runs/${this.run}/events`, {
      adapter: "fetch",
      responseType: "stream",
      timeout: 0,
      signal,
      params: { begin: "newest" },
      headers: { Accept: "text/event-stream", ...(this.#last !== undefined && { "Last-Event-ID": this.#last }) },
    });
    return answer.data;
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>, abort: () => void): Promise<End> {
    const parser = new EventParser();
    const decoder = new TextDecoder();
    for (;;) {
      const silence = setTimeout(abort, SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done || this.stop.aborted) return "lost";
      const end = this.#tell(parser.push(decoder.decode(value, { stream: true })));
      if (end) return end;
    }
  }

  #tell(found: readonly ServerEvent[]): End | undefined {
    let end: End | undefined;
    let lagged = false;
    const events: RunEvent[] = [];
    for (const { id, event, data } of found) {
      this.#last = id ?? this.#last;
      if (event === "end") end = "over";
      else if (event === "unauthorized") end = "again";
      else if (event === "lagged") lagged = true;
      else events.push(JSON.parse(data) as RunEvent);
    }
    if (events.length > 0) this.listener.events(events);
    if (lagged) this.listener.lagged();
    return end;
  }
}
