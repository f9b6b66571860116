import { expect, test } from "vitest";
import { diffLines } from "./diff";

const marks = { same: " ", removed: "-", added: "+" };
const show = (before: string, after: string) => diffLines(before, after).map((line) => marks[line.kind] + line.text);

test("equal texts differ nowhere, whether or not they end with a line end", () => {
  expect(show("a\nb\n", "a\nb")).toEqual([" a", " b"]);
});

test("a changed line is taken away and put in", () => {
  expect(show("a\nb\nc", "a\nx\nc")).toEqual([" a", "-b", "+x", " c"]);
});

test("lines put in or taken away leave the others as they are", () => {
  expect(show("a\nc", "a\nb\nc")).toEqual([" a", "+b", " c"]);
  expect(show("a\nb\nc", "c")).toEqual(["-a", "-b", " c"]);
  expect(show("a", "a\na\na")).toEqual([" a", "+a", "+a"]);
});

test("what moved counts once", () => {
  expect(show("one\ntwo\nthree\nfour", "two\nthree\none\nfour")).toEqual(["-one", " two", " three", "+one", " four"]);
});

test("lines carry their numbers in both texts", () => {
  expect(diffLines("a\nb", "b\nc")).toEqual([
    { kind: "removed", text: "a", before: 1, after: undefined },
    { kind: "same", text: "b", before: 2, after: 1 },
    { kind: "added", text: "c", before: undefined, after: 2 },
  ]);
});

test("texts without end are not compared line by line, and nothing is lost", () => {
  const before = Array.from({ length: 3000 }, (_, i) => `a${i}`).join("\n");
  const after = Array.from({ length: 3000 }, (_, i) => `b${i}`).join("\n");
  const lines = diffLines(before, after);
  expect(lines.filter((line) => line.kind === "removed")).toHaveLength(3000);
  expect(lines.filter((line) => line.kind === "added")).toHaveLength(3000);
});
