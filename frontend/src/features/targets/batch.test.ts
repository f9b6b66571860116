import { expect, test } from "vitest";
import { Problem } from "@/api/problem";
import { dependentsFirst, type Outcome, runBatch } from "./batch";

test("who needs another is deleted before it", () => {
  const targets = [
    { id: 1, depends_on: [] },
    { id: 2, depends_on: [1] },
    { id: 3, depends_on: [2, 1, 99] },
    { id: 4, depends_on: [] },
  ];
  const order = dependentsFirst(targets).map((target) => target.id);
  expect(order).toHaveLength(4);
  expect(order.indexOf(3)).toBeLessThan(order.indexOf(2));
  expect(order.indexOf(2)).toBeLessThan(order.indexOf(1));
});

test("a batch goes on after a failure, waits where it is told to, and stops when asked", async () => {
  const stop = new AbortController();
  const calls = new Map<number, number>();
  const outcomes: [number, Outcome<number>][] = [];
  await runBatch({
    items: [1, 2, 3, 4, 5],
    width: 1,
    run: (item: number) => {
      const tries = (calls.get(item) ?? 0) + 1;
      calls.set(item, tries);
      if (item === 2) return Promise.reject(new Problem(409, "x", "refused"));
      if (item === 3 && tries === 1) return Promise.reject(new Problem(429, "busy", "later", [], undefined, 0.01));
      if (item === 4) stop.abort();
      return Promise.resolve(item * 10);
    },
    ended: (item, outcome) => outcomes.push([item, outcome]),
    stop: stop.signal,
  });
  expect(outcomes.map(([item, outcome]) => [item, outcome.ok])).toEqual([
    [1, true],
    [2, false],
    [3, true],
    [4, true],
  ]);
  expect(calls.get(3)).toBe(2);
});
