import { expect, test, vi } from "vitest";
import type { OutputPiece } from "@/live/runs";
import { StreamStore } from "./one-stream";
import type { OutputLines, ReadLines } from "./output";
import { RangeStore } from "./ranges";
import type { OutputStore } from "./store";

const AT = "2026-01-01T00:00:00Z";

/** A server with so many lines, every tenth of standard error; answers at most 300 lines at once. */
function serve(total: { lines: number }) {
  return vi.fn<ReadLines>(async ({ from, lines, stream }) => {
    const first = from < 0 ? Math.max(1, total.lines + 1 + from) : from;
    const found: OutputLines["lines"] = [];
    let next: number | null = null;
    for (let number = first; number <= total.lines; number++) {
      const of = number % 10 === 0 ? "stderr" : "stdout";
      if (stream !== "" && of !== stream) continue;
      if (found.length >= Math.min(lines, 300)) {
        next = number;
        break;
      }
      found.push({ number, stream: of, text: `line ${number}`, at: AT, cut: false, open: false });
    }
    return { epoch: 1, total_bytes: total.lines * 10, total_lines: total.lines, lines: found, next_line: next, dropped: [] };
  });
}

const settled = (store: OutputStore) => vi.waitFor(() => expect(store.get().isReady).toBe(true));
const textAt = (store: OutputStore, row: number) => {
  const view = store.at(row);
  return view && "line" in view ? view.line.text : undefined;
};
const piece = (line: number, text: string): OutputPiece => ({
  ...{ epoch: 1, offset: line * 10, length: text.length, line, lines: text.split("\n").length - 1 },
  frames: [{ stream: "stdout", at: AT, offset: 0, text }],
});

test("only what is looked at is read, and once", async () => {
  const read = serve({ lines: 100_000 });
  const store = new RangeStore(read, "");
  store.refresh();
  await settled(store);
  expect([store.get().rows, textAt(store, 99_999), textAt(store, 50_000)]).toEqual([100_000, "line 100000", undefined]);
  store.want(50_100, 50_140);
  store.want(50_100, 50_140);
  await vi.waitFor(() => expect(textAt(store, 50_100)).toBe("line 50101"));
  // The end, and a range in two answers.
  expect(read).toHaveBeenCalledTimes(3);
  await store.reveal(50_101);
  expect(read).toHaveBeenCalledTimes(3);
});

test("events add to the end without asking; what was missed is asked for", async () => {
  const total = { lines: 20 };
  const read = serve(total);
  const store = new RangeStore(read, "");
  store.refresh();
  await settled(store);
  store.hear([piece(20, "more\nand more\nopen")]);
  expect([store.get().rows, textAt(store, 21), textAt(store, 22)]).toEqual([23, "and more", "open"]);
  expect(read).toHaveBeenCalledTimes(1);
  total.lines = 60;
  store.hear([piece(50, "later\n")]);
  await vi.waitFor(() => expect(textAt(store, 59)).toBe("line 60"));
  expect(read).toHaveBeenCalledTimes(2);
});

test("of one stream lines are read in order, as far as somebody looks", async () => {
  const read = serve({ lines: 10_000 });
  const store = new StreamStore(read, "stderr");
  store.refresh();
  await settled(store);
  expect([store.get().rows, textAt(store, 0), textAt(store, 299)]).toEqual([300, "line 10", "line 3000"]);
  await store.reveal(9_990);
  expect(textAt(store, store.rowOf(9_990))).toBe("line 9990");
});

test("a failure is told, and heals with the next answer", async () => {
  let fails = true;
  const read = serve({ lines: 5 });
  const store = new RangeStore((wish) => (fails ? Promise.reject(new Error("away")) : read(wish)), "");
  store.refresh();
  await vi.waitFor(() => expect(store.get().problem?.detail).toBe("away"));
  fails = false;
  store.refresh();
  await settled(store);
  expect(store.get().problem).toBeNull();
});

test("100,000 lines in pieces are taken within a second", async () => {
  const store = new RangeStore(serve({ lines: 0 }), "");
  store.refresh();
  await settled(store);
  const begun = performance.now();
  for (let n = 0; n < 1000; n++) {
    const text = "0123456789\n".repeat(100);
    store.hear([{ ...piece(0, text), offset: n * text.length, line: n * 100 }]);
  }
  expect(store.get().rows).toBe(100_000);
  expect(performance.now() - begun).toBeLessThan(1000);
});
