import { expect, test } from "vitest";
import type { RunStep } from "@/api/runs";
import { countStates, pickRows, toMatrix } from "./matrix";

const step = (name: string, target: string, status: string) => ({ name, target_name: target, status }) as RunStep;
const ALL = { state: "", find: "", order: "" };

const steps = [
  step("stop", "web-1", "succeeded"),
  step("stop", "web-2", "failed"),
  step("start", "web-1", "succeeded"),
  step("start", "web-2", "aborted"),
  step("stop", "db-1", "running"),
];

test("each target has a row, each step a column, and a target is as its worst step", () => {
  expect(toMatrix(steps)).toEqual({
    columns: ["stop", "start"],
    rows: [
      { target: "web-1", state: "succeeded", cells: [0, 2] },
      { target: "web-2", state: "failed", cells: [1, 3] },
      { target: "db-1", state: "running", cells: [4] },
    ],
  });
});

test("a step that a target has twice has two columns", () => {
  const { columns, rows } = toMatrix([step("wait", "a", "succeeded"), step("wait", "a", "queued"), step("wait", "b", "queued")]);
  expect(columns).toEqual(["wait", "wait"]);
  expect(rows.map((row) => row.cells)).toEqual([[0, 1], [2]]);
});

test("targets are counted, filtered by state and name, and trouble comes first if wished", () => {
  const { rows } = toMatrix(steps);
  expect(countStates(rows)).toEqual([
    ["failed", 1],
    ["running", 1],
    ["succeeded", 1],
  ]);
  const names = (filter: object) => pickRows(rows, { ...ALL, ...filter }).map((row) => row.target);
  expect(names({})).toEqual(["web-1", "web-2", "db-1"]);
  expect(names({ state: "failed" })).toEqual(["web-2"]);
  expect(names({ find: "WEB" })).toEqual(["web-1", "web-2"]);
  expect(names({ order: "trouble" })).toEqual(["web-2", "db-1", "web-1"]);
});

test("1,000 targets of ten steps are laid out within a frame or two", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => step(`step ${i % 10}`, `target ${Math.floor(i / 10)}`, "queued"));
  toMatrix(many);
  const begun = performance.now();
  expect(toMatrix(many).rows).toHaveLength(1000);
  expect(performance.now() - begun).toBeLessThan(60);
});
