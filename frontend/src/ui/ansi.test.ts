import { expect, test } from "vitest";
import { parseAnsi, stripAnsi } from "./ansi";

const ESC = "\u001b";

test("text without sequences is one plain piece", () => {
  expect(parseAnsi("hello").spans).toEqual([{ text: "hello", style: {} }]);
  expect(parseAnsi("").spans).toEqual([]);
});

test("colours begin, change and end", () => {
  const { spans, end } = parseAnsi(`a${ESC}[1;31mb${ESC}[39mc${ESC}[0md`);
  expect(spans).toEqual([
    { text: "a", style: {} },
    { text: "b", style: { bold: true, fg: 1 } },
    { text: "c", style: { bold: true } },
    { text: "d", style: {} },
  ]);
  expect(end).toEqual({});
});

test("a look goes on in the next line", () => {
  const { end } = parseAnsi(`${ESC}[32mstarts here`);
  expect(parseAnsi(`goes on${ESC}[m over`, end).spans).toEqual([
    { text: "goes on", style: { fg: 2 } },
    { text: " over", style: {} },
  ]);
});

test.each([
  ["38;5;9", { fg: 9 }],
  ["38;5;196", { fg: "rgb(255 0 0)" }],
  ["48;5;232", { bg: "rgb(8 8 8)" }],
  ["38;2;1;2;3", { fg: "rgb(1 2 3)" }],
  ["38:5:10", { fg: 10 }],
  ["38;2;1;2;3;1", { fg: "rgb(1 2 3)", bold: true }],
  ["97;100", { fg: 15, bg: 8 }],
  ["4;7;9;3;2", { underline: true, inverse: true, strike: true, italic: true, dim: true }],
])("%s is understood", (codes, style) => {
  expect(parseAnsi(`${ESC}[${codes}mx`).spans).toEqual([{ text: "x", style }]);
});

test.each(["38;5;999", "38;2;300;0;0", "38", "38;5", "12345", ";;;"])("%s does no harm", (codes) => {
  expect(parseAnsi(`${ESC}[${codes}mx`).spans).toEqual([{ text: "x", style: {} }]);
});

test("what moves the cursor, sets a title or rings is left out", () => {
  expect(stripAnsi(`${ESC}[2Ka${ESC}[10;3Hb${ESC}]0;title\u0007c${ESC}]8;;http://x${ESC}\\d\u0007${ESC}(Be${ESC}=f`)).toBe("abcdef");
});

test("a sequence that the output breaks off is left out", () => {
  expect(stripAnsi(`a${ESC}`)).toBe("a");
  expect(stripAnsi("tab\tstays")).toBe("tab\tstays");
});
