import { expect, test } from "vitest";
import type { ToldEvent } from "@/live/ports";
import { added, wordsOf } from "./events";

const told = { timestamp: 1, suite: "s", actor: "ana" };
const change = (seq: number, old_port: number | null, new_port: number | null): ToldEvent => ({
  ...told,
  seq,
  type: "port_change",
  service_id: "web",
  old_port,
  new_port,
});

test("events are kept newest first and once each", () => {
  const events = [change(3, 1, 2), change(1, null, 1)];
  expect(added(events, change(2, 1, 1)).map((one) => one.seq)).toEqual([3, 2, 1]);
  expect(added(events, change(3, 1, 2)).map((one) => one.seq)).toEqual([3, 1]);
});

test.each<[ToldEvent, string]>([
  [change(1, 80, 81), "moved from 80 to 81"],
  [change(1, null, 81), "got port 81"],
  [change(1, 80, null), "gave up port 80"],
  [{ ...told, seq: 1, type: "service_status", service_id: "web", status: "healthy", before: "unhealthy" }, "was unhealthy, is healthy"],
  [{ ...told, seq: 1, type: "service_status", service_id: "web", status: "healthy", before: "unknown" }, "is healthy"],
  [{ ...told, seq: 1, type: "conflicts_detected", count: 0 }, "all conflicts are over"],
  [{ ...told, seq: 1, type: "conflicts_detected", count: 1 }, "1 conflict is open"],
])("an event is said in words: %#", (event, words) => {
  expect(wordsOf(event)).toBe(words);
});
