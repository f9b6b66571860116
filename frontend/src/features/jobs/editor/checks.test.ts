import { expect, test } from "vitest";
import type { Json } from "../definition";
import { check } from "./checks";
import { base64Size, bytesToBase64, textOfBase64, textToBase64 } from "./content";
import { pathInWords, readPath, stillHolds } from "./faults";

const targets = new Set(["web-1"]);
const exec = (changes: Json): Json => ({
  name: "x",
  parameters: { who: "world" },
  steps: [{ type: "ssh.exec", target: "web-1", command: "echo {{ who }} {{ target.name }}", ...changes }],
});
const copy = (changes: Json): Json => ({
  name: "x",
  steps: [{ type: "ssh.copy", target: "web-1", destPath: "/tmp/a", contentB64: "YQ==", ...changes }],
});
const placesOf = (definition: Json) => check(definition, targets).map(({ path }) => path.join("."));

test("what is right has no faults", () => {
  expect(check(exec({}), targets)).toEqual([]);
  expect(check(copy({ mode: "0600" }), targets)).toEqual([]);
  expect(check(copy({ contentB64: undefined, fromUrl: "https://a.example/{{ target.name }}" }), targets)).toEqual([]);
  expect(check(exec({ target: "later" }), undefined)).toEqual([]);
  const alone = [{ type: "wait", for: { seconds: 0 } }, { type: "approval", message: "?" }, { type: "http.request", url: "https://a.example" }];
  expect(check({ name: "x", steps: alone }, targets)).toEqual([]);
});

test.each<[Json, string]>([
  [{}, "name"],
  [{ name: "x", steps: [] }, "steps"],
  [{ name: "x", steps: ["run"] }, "steps.0"],
  [exec({ type: "ssh.send" }), "steps.0.type"],
  [exec({ type: "ssh.fetch" }), "steps.0.path"],
  [{ name: "x", steps: [{ type: "http.request", target: "web-1" }] }, "steps.0.path"],
  [{ name: "x", steps: [{ type: "http.request", path: "/" }] }, "steps.0.target"],
  [{ name: "x", steps: [{ type: "wait", for: { hours: 1 } }] }, "steps.0.for"],
  [{ name: "x", steps: [{ type: "approval", message: " " }] }, "steps.0.message"],
  [exec({ target: "nope" }), "steps.0.target"],
  [exec({ target: "" }), "steps.0.target"],
  [exec({ command: " \n" }), "steps.0.command"],
  [exec({ command: "echo {{ whom }}" }), "steps.0.command"],
  [exec({ timeoutSec: 0 }), "steps.0.timeoutSec"],
  [exec({ timeoutSec: "60" }), "steps.0.timeoutSec"],
  [copy({ destPath: "tmp/a" }), "steps.0.destPath"],
  [copy({ contentB64: "YQ" }), "steps.0.contentB64"],
  [copy({ mode: "999" }), "steps.0.mode"],
  [copy({ fromUrl: "https://a.example/x" }), "steps.0.contentB64"],
  [copy({ contentB64: undefined, fromUrl: "https://" }), "steps.0.fromUrl"],
  [{ ...exec({}), parameters: { who: null } }, "parameters.who"],
  [{ ...exec({}), parameters: { who: "", "a b": 1 } }, "parameters.a b"],
  [{ ...exec({}), parameters: { who: { type: "float" } } }, "parameters.who.type"],
  [{ ...exec({}), parameters: { who: { type: "enum", values: [] } } }, "parameters.who.values"],
])("%j is at fault at %s", (definition, place) => {
  expect(placesOf(definition)).toContain(place);
});

test("a job for many targets needs none at its steps, a script is as good as a command", () => {
  const fleet: Json = { name: "x", targets: { tags: ["web"] }, steps: [{ type: "ssh.exec", script: "set -e\necho {{ target.name }}" }] };
  expect(check(fleet, targets)).toEqual([]);
  expect(placesOf({ ...fleet, steps: [{ type: "ssh.exec", script: " " }] })).toEqual(["steps.0.script"]);
});

test("what undoes a step is done where that was, and knows its result", () => {
  const undo = (own: unknown) => exec({ register: "made", undo: own });
  expect(check(undo({ type: "ssh.exec", command: "rm {{ made.stdout }} {{ who }}" }), targets)).toEqual([]);
  expect(placesOf(undo("rm"))).toEqual(["steps.0.undo"]);
  expect(placesOf(undo({ type: "ssh.exec" }))).toEqual(["steps.0.undo.command"]);
  expect(placesOf(undo({ type: "ssh.exec", command: "true", target: "nope", register: "x" }))).toEqual(["steps.0.undo.target", "steps.0.undo.register"]);
});

test("a command may ask for results of steps before it, not after", () => {
  const steps = (first: Json, second: Json): Json => ({
    name: "x",
    steps: [first, second].map((step) => ({ type: "ssh.exec", target: "web-1", command: "true", ...step })),
  });
  const asks = { command: "echo {{ found.stdout }} {{ steps.look.exit_code }}" };
  expect(check(steps({ name: "look", register: "found" }, asks), targets)).toEqual([]);
  expect(placesOf(steps(asks, { register: "found" }))).toEqual(["steps.0.command"]);
});

test("the server's names of parts are understood", () => {
  expect(readPath("definition.steps[12].env.A")).toEqual(["steps", 12, "env", "A"]);
  expect(readPath("definition")).toEqual([]);
  expect(readPath("name")).toEqual(["name"]);
  expect(pathInWords(["steps", 0, "target"])).toBe("step 1, target");
  expect(pathInWords(["parameters", "who", "type"])).toBe("parameter who, type");
});

test("a refusal holds until the part is changed", () => {
  const refused = { errors: [{ field: "definition.steps[0].command", code: "x", detail: "no" }], definition: exec({}) };
  expect(stillHolds(refused, exec({ timeoutSec: 5 }))).toHaveLength(1);
  expect(stillHolds(refused, exec({ command: "true" }))).toHaveLength(0);
});

test("contents survive the way to base64 and back", () => {
  for (const text of ["", "a", "äöü€😀\n", "x".repeat(100_000), "\uFEFFmark"]) expect(textOfBase64(textToBase64(text))).toBe(text);
  expect(textOfBase64(bytesToBase64(new Uint8Array([0xff, 0xfe])))).toBeNull();
  expect(textOfBase64("YQ")).toBeNull();
  expect(base64Size("YWI=")).toBe(2);
});
