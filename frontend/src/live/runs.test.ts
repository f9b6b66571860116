import { expect, test, vi } from "vitest";
import { http } from "@/api/http";
import { Problem } from "@/api/problem";
import { type Listener, type RunEvent, type StreamState, watchRun } from "./runs";

const event = (seq: number, kind = "step.running") => `id: ${seq}\nevent: ${kind}\ndata: {"seq":${seq},"kind":"${kind}","at":"2026-01-01T00:00:00Z","data":{}}\n\n`;

/** Answers one connection after the other; a problem is a refusal. */
function serve(...answers: (string | Problem)[]) {
  return vi.spyOn(http, "get").mockImplementation(async () => {
    const answer = answers.shift();
    if (answer === undefined) return new Promise(() => undefined);
    if (answer instanceof Problem) throw answer;
    const data = new ReadableStream({
      start: (body) => {
        body.enqueue(new TextEncoder().encode(answer));
        body.close();
      },
    });
    return { data };
  });
}

function listen() {
  const states: StreamState[] = [];
  const events: RunEvent[] = [];
  const heard = { states, events, begun: 0, lagged: 0 };
  const listener: Listener = {
    state: (state) => states.push(state),
    begun: () => (heard.begun += 1),
    events: (found) => events.push(...found),
    lagged: () => (heard.lagged += 1),
  };
  return { heard, stop: watchRun(7, listener) };
}

const lastIdOf = (call: unknown[] | undefined) => (call?.[1] as { headers: Record<string, string> }).headers["Last-Event-ID"];

vi.mock("./pause", () => ({ pause: () => Promise.resolve() }));

test("a connection that breaks is resumed after the last event, without reading all anew", async () => {
  const get = serve(event(3) + event(4), event(5, "run.succeeded") + 'event: end\ndata: {"seq":5}\n\n');
  const { heard } = listen();
  await vi.waitFor(() => expect(heard.states).toEqual(["live", "lost", "live", "over"]));
  expect(heard.events.map((one) => one.seq)).toEqual([3, 4, 5]);
  expect([lastIdOf(get.mock.calls[0]), lastIdOf(get.mock.calls[1]), heard.begun]).toEqual([undefined, "4", 1]);
});

test("a token that ends is no loss", async () => {
  serve(`${event(3)}event: unauthorized\ndata: {"seq":3}\n\n`, 'event: end\ndata: {"seq":3}\n\n');
  const { heard } = listen();
  await vi.waitFor(() => expect(heard.states).toEqual(["live", "live", "over"]));
});

test("output that was passed over is told, and goes on after it", async () => {
  const get = serve('id: 90\nevent: lagged\ndata: {"from":2,"to":90}\n\n', 'event: end\ndata: {"seq":90}\n\n');
  const { heard } = listen();
  await vi.waitFor(() => expect(heard.states.at(-1)).toBe("over"));
  expect([heard.lagged, lastIdOf(get.mock.calls[1])]).toEqual([1, "90"]);
});

test("a number that is not known any more is given up, and all is read anew", async () => {
  const get = serve(event(9), new Problem(400, "validation.failed", "no such event"), 'event: end\ndata: {"seq":1}\n\n');
  const { heard } = listen();
  await vi.waitFor(() => expect(heard.states.at(-1)).toBe("over"));
  expect([lastIdOf(get.mock.calls[1]), lastIdOf(get.mock.calls[2]), heard.begun]).toEqual(["9", undefined, 2]);
});

test("nothing is heard after it was stopped", async () => {
  serve(event(1), event(2));
  const { heard, stop } = listen();
  stop();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([heard.events, heard.states]).toEqual([[], []]);
});
