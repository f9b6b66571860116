import { expect, test } from "vitest";
import { parametersOf } from "../definition";
import { changedParameter } from "./parameter";

const changed = (raw: unknown, changes: Record<string, unknown>) => {
  const [now] = parametersOf({ parameters: { p: raw } });
  if (!now) throw new Error("no parameter");
  return changedParameter(raw, now, changes);
};

test("a default alone stays as short as it was written", () => {
  expect(changed("a", { default: "b" })).toBe("b");
  expect(changed(1, { default: 2 })).toBe(2);
});

test("more than a default needs a schema, and nothing of it gets lost", () => {
  expect(changed("a", { description: "why" })).toEqual({ type: "string", default: "a", description: "why" });
  expect(changed("a", { default: undefined })).toEqual({ type: "string" });
  expect(changed({ type: "string", later: 1 }, { required: true })).toEqual({ type: "string", later: 1, required: true });
});

test("another type takes with it what only the former one knew", () => {
  expect(changed({ type: "string", pattern: "x", min: 1, default: "x" }, { type: "integer" })).toEqual({ type: "integer", min: 1 });
  expect(changed("a", { type: "enum" })).toEqual({ type: "enum" });
});
