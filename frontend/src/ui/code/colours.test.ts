import { expect, test } from "vitest";
import { type Line, plainLines, yamlLines } from "./colours";

const textOf = (lines: readonly Line[]): string => lines.map((line) => line.map(({ text }) => text).join("")).join("\n");

/** What has a colour, each as "kind text". */
const coloured = (text: string): string[] =>
  yamlLines(text).flatMap((line) => line.flatMap(({ kind, text: piece }) => (kind ? [`${kind} ${piece}`] : [])));

test.each<[text: string, coloured: string[]]>([
  ["name: restart web # soon", ["key name", "aside # soon"]],
  ["a b: 12", ["key a b", "value 12"]],
  ['"a": x\n\'b\' : "y"', ['key "a"', "key 'b'", 'string "y"']],
  ["- true\n- ~\n- 1.5e3\n- 12 monkeys\n- 1.2.3", ["value true", "value ~", "value 1.5e3"]],
  ["x: {a: 1, b: [no, null]}", ["key x", "key a", "value 1", "key b", "value null"]],
  ["run: |-\n  echo: 1\n\n  # no comment\nnext: &a !t\nz: *a", [
    "key run", "aside |-", "string   echo: 1", "string   # no comment", "key next", "aside &a", "aside !t", "key z", "aside *a",
  ]],
  ["%YAML 1.2\n---\na: 1\n...", ["aside %YAML 1.2", "aside ---", "key a", "value 1", "aside ..."]],
  ["url: http://x:80/", ["key url"]],
  ["echo {{ word }}", []],
])("colours %j", (text, wanted) => {
  const found = coloured(text);
  expect(found).toEqual(wanted);
});

const ODD = [
  "", "\n", "\n\n\n", " ", "\t", "a", "a:", ":", "- ", "-", "?", "? a\n: b", "a: |", "a: >2\n   x\n  y\n", "a: |+\n  x\n\n\n", "|", ">",
  "[", "]", "{a: [b", "a: [1\nb: 2]", "'", '"', "'it''s", '"a\\"', '"a\n  b', "'a\nb: c", "&", "*", "!", "!<", "!<a b", "@a", "`a`", "%", "%a\nb",
  "---", "--- a\n---\n...\nb", "...", "#", "a #b", "a#b", "a:\tb", "\ta: b", "a: b: c", "- - - a", "\uFEFFa: 1", "a\uFEFF", "a: \u2028b",
  "\x02", "\x18a", "\x1f", "a: \x1f\nb: \x02", "\x1f\x1f: [\x18]", "grüße: 🙂", "a: 🙂\n🙂: b", "a: b\n  c\n d\ne: f", "a: !t &b |\n x\n", "  a\n b\nc", "a\u0000b: 1",
];

test.each(ODD)("loses no character of %j", (text) => {
  expect(textOf(yamlLines(text))).toBe(text);
  expect(textOf(plainLines(text))).toBe(text);
});

test("loses no character of what chance makes of YAML", () => {
  // The same numbers each time, so that a failure can be looked at.
  let seed = 7;
  const below = (end: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % end;
  const parts = ["\n", "\n  ", "\n    ", " ", ": ", "- ", "? ", "a", "b1", "7", "|", ">-", "'", '"', "\\", "[", "]", "{", "}", ", ", " #", "&x", "*x", "!y", "%", "---", "...", "\t", "\x1f", "\x18", "\x02", "\uFEFF", "é🙂"];
  for (let count = 0; count < 5000; count += 1) {
    const text = Array.from({ length: 1 + below(24) }, () => parts[below(parts.length)]).join("");
    expect(textOf(yamlLines(text)), JSON.stringify(text)).toBe(text);
  }
});
