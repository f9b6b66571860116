import { expect, test } from "vitest";
import { findAll, linesOf, piecesOf } from "./lines";

const ESC = "\u001b";

test("lines are numbered in each stream, and an end of line makes no further line", () => {
  const lines = linesOf({ out: "a\nb\n", err: "c" }, "both");
  expect(lines.map(({ stream, number, plain }) => [stream, number, plain])).toEqual([
    ["out", 1, "a"],
    ["out", 2, "b"],
    ["err", 1, "c"],
  ]);
  expect(linesOf({ out: "a\n", err: "c\n" }, "err").map((line) => line.plain)).toEqual(["c"]);
  expect(linesOf({ out: "", err: "" }, "both")).toEqual([]);
  expect(linesOf({ out: "\n", err: "" }, "both").map((line) => line.plain)).toEqual([""]);
});

test("a line that went back to its start shows what was written last", () => {
  const lines = linesOf({ out: "10%\r50%\r100%\r\nend\r\n", err: "" }, "out");
  expect(lines.map((line) => line.plain)).toEqual(["100%", "end"]);
});

test("a colour lasts into the next lines of its stream only", () => {
  const lines = linesOf({ out: `${ESC}[31mred\nstill\n`, err: "plain\n" }, "both");
  expect(lines.map((line) => line.start)).toEqual([{}, { fg: 1 }, {}]);
});

test("matches are found without regard to case and to colours", () => {
  const lines = linesOf({ out: `ok\nE${ESC}[31mrro${ESC}[0mr error\n`, err: "" }, "both");
  expect(findAll(lines, "ERROR")).toEqual([
    { line: 1, from: 0, to: 5 },
    { line: 1, from: 6, to: 11 },
  ]);
  expect(findAll(lines, "")).toEqual([]);
});

test("a match across colours is marked piece by piece", () => {
  const [line] = linesOf({ out: `xE${ESC}[31mrr${ESC}[0moy`, err: "" }, "both");
  if (!line) throw new Error("no line");
  const pieces = piecesOf(line, [{ line: 0, from: 1, to: 5, number: 7 }]);
  expect(pieces.map(({ text, mark }) => [text, mark])).toEqual([
    ["x", undefined],
    ["E", 7],
    ["rr", 7],
    ["o", 7],
    ["y", undefined],
  ]);
});

test("100,000 lines are read and searched", () => {
  const out = Array.from({ length: 100_000 }, (_, i) => `${ESC}[32mline${ESC}[0m ${i} of the output`).join("\n");
  const lines = linesOf({ out, err: "" }, "both");
  expect(findAll(lines, "99999")).toHaveLength(1);
});
