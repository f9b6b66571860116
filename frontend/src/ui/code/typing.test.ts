import { expect, test } from "vitest";
import { breakLine, dedent, type Edit, indent } from "./typing";

/** A text in which "<" and ">" are the ends of the selection, or "|" the caret. */
function read(marked: string): [text: string, start: number, end: number] {
  const start = marked.search(/[<|]/);
  const end = marked.includes("|") ? start : marked.indexOf(">") - 1;
  return [marked.replace(/[<>|]/g, ""), start, end];
}

function write(text: string, edit: Edit | null): string | null {
  if (!edit) return null;
  const next = text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
  const { start, end } = edit;
  return start === end ? `${next.slice(0, start)}|${next.slice(start)}` : `${next.slice(0, start)}<${next.slice(start, end)}>${next.slice(end)}`;
}

const does = (change: typeof dedent) => (before: string, after: string | null) => {
  const [text, start, end] = read(before);
  expect(write(text, change(text, start, end))).toBe(after);
};

test.each([
  ["|", "  |"],
  ["a|b", "a |b"],
  ["ab|", "ab  |"],
  ["x\n |a", "x\n  |a"],
  ["a<bc>d", "a |d"],
  ["<a\nb>", "<  a\n  b>"],
  ["a<a\n\nb>b\nc", "  a<a\n\n  b>b\nc"],
  ["<a\n>b", "<  a\n>b"],
])("Tab makes %j to %j", does(indent));

test.each([
  ["  |a", "|a"],
  ["   a|", " a|"],
  ["\ta|", "a|"],
  ["a|", null],
  [" | a", "|a"],
  ["<  a\n b>\n  c", "<a\nb>\n  c"],
  ["  a<b\n  >c", "a<b\n>c"],
  ["x\n  |", "x\n|"],
])("Shift and Tab make %j to %j", does(dedent));

test.each([
  ["a|", null],
  ["  a|", "  a\n  |"],
  ["  a|b", "  a\n  |b"],
  ["    <a\n  b>c", "    \n    |c"],
  [" |  a", " \n |  a"],
  ["x\n  - y|\nz", "x\n  - y\n  |\nz"],
])("Enter makes %j to %j", does(breakLine));
