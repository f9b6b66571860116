import { expect, test } from "vitest";
import type { Job } from "../api";
import type { Json } from "../definition";
import { changesOf, shownDefinition } from "./save";

const definition: Json = { version: 4, steps: [{ type: "ssh.exec", target: "web-1", command: "true" }] };
const job = { id: 1, name: "greet", version: 4, definition, is_active: true, created_at: "", updated_at: "" } as unknown as Job;

test("what was not changed is not sent, in whatever order its fields are", () => {
  expect(changesOf(job, shownDefinition(job))).toEqual({});
  expect(changesOf(job, { steps: [{ command: "true", type: "ssh.exec", target: "web-1" }], version: 4, name: "greet" })).toEqual({});
});

test("another name alone goes without the definition", () => {
  expect(changesOf(job, { ...shownDefinition(job), name: " hello " })).toEqual({ name: "hello" });
});

test("a changed step is sent with all of the definition", () => {
  const changed = { ...shownDefinition(job), steps: [] };
  expect(changesOf(job, changed)).toEqual({ definition: { ...definition, name: "greet", steps: [] } });
});
