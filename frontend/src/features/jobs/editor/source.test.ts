import { parse } from "yaml";
import { expect, test } from "vitest";
import { readSource, type Source, withItem, withItemMoved, withName, withValue } from "./source";

const TEXT = `# how to greet
name: greet
parameters:
  who: world # everybody
steps:
  # first of all
  - name: hello
    type: ssh.exec
    target: web-1
    command: echo {{ who }}
    retry: { attempts: 3 }
  - type: ssh.exec
    target: web-2
    command: |
      one
      two
`;

const read = (text: string): Source => {
  const found = readSource(text);
  if (Array.isArray(found)) throw new Error(JSON.stringify(found));
  return found;
};

test("a text is read with the lines of its parts", () => {
  const { definition, lineOf } = read(TEXT);
  expect(definition["name"]).toBe("greet");
  expect(lineOf(["steps", 0, "target"])).toBe(9);
  expect(lineOf(["steps", 1, "command"])).toBe(14);
  expect(lineOf(["steps", 1, "missing"])).toBe(12);
  expect(lineOf(["nothing"])).toBe(1);
});

test("what is no YAML says its line", () => {
  expect(readSource("a: 1\nb: [1\nc: 2\n")).toMatchObject([{ line: expect.any(Number) as number }]);
  const faults = readSource("name: x\nsteps:\n  - a: 'open\n");
  expect(Array.isArray(faults) && faults[0]?.line).toBeGreaterThanOrEqual(3);
  expect(readSource("name: x\nname: y\n")).toMatchObject([{ line: 2 }]);
  expect(readSource("- a\n- b\n")).toMatchObject([{ line: 1 }]);
  expect(read("").definition).toEqual({});
});

test("a changed field leaves comments, order and unknown fields as they are", () => {
  const after = withValue(TEXT, ["steps", 0, "target"], "web-9");
  expect(after).toBe(TEXT.replace("web-1", "web-9"));
});

test("a field can be put in and taken away", () => {
  const more = withValue(TEXT, ["steps", 1, "timeoutSec"], 30);
  expect(more).toBe(`${TEXT}    timeoutSec: 30\n`);
  expect(read(more).definition).toMatchObject({ steps: [{}, { timeoutSec: 30 }] });
  expect(withValue(more, ["steps", 1, "timeoutSec"], undefined)).toBe(TEXT);
});

test("a new field comes where people look for it", () => {
  expect(withValue("steps:\n  - type: ssh.exec\n    target: a\n", ["steps", 0, "name"], "first")).toBe("steps:\n  - name: first\n    type: ssh.exec\n    target: a\n");
  expect(withValue("steps: []\n", ["name"], "a")).toBe("name: a\nsteps: []\n");
});

test("a command of several lines is a block, and one of a single line is none", () => {
  const block = withValue(TEXT, ["steps", 0, "command"], "a\nb: c #d\n");
  expect(block).toContain("command: |\n      a\n      b: c #d\n");
  const single = withValue(block, ["steps", 0, "command"], "echo {{ who }}");
  expect(single).toBe(TEXT);
});

test.each(["", " ", "yes", "1", "# no", "a: b", "- x", "{{ a }}", "tab\there", "é\u0001", "null"])("the text %j stays a text", (value) => {
  const text = withValue(TEXT, ["steps", 0, "command"], value);
  expect((parse(text) as { steps: { command: unknown }[] }).steps[0]?.command).toBe(value);
});

test("steps move with their comments, and go", () => {
  const moved = withItemMoved(TEXT, ["steps"], 0, 1);
  expect(read(moved).definition["steps"]).toMatchObject([{ target: "web-2" }, { target: "web-1", retry: { attempts: 3 } }]);
  expect(moved).toContain("# first of all");
  expect(read(withItemMoved(TEXT, ["steps"], 0, null)).definition["steps"]).toMatchObject([{ target: "web-2" }]);
});

test("a first step begins a list", () => {
  expect(withItem("name: a\n", ["steps"], { type: "ssh.exec" })).toBe("name: a\nsteps:\n  - type: ssh.exec\n");
  expect(withItem("", ["steps"], { type: "ssh.exec" })).toBe("steps:\n  - type: ssh.exec\n");
  expect(withItem("steps: []\n", ["steps"], { type: "ssh.exec" })).toBe("steps:\n  - type: ssh.exec\n");
});

test("a parameter gets another name in its place, and the last one takes the list with it", () => {
  expect(withName(TEXT, ["parameters"], "who", "whom")).toBe(TEXT.replace("who: world", "whom: world"));
  expect(read(withValue(TEXT, ["parameters", "who"], undefined)).definition["parameters"]).toBeUndefined();
});
