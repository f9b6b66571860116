import { expect, test } from "vitest";
import { scaleStep } from "./TimeChart";

test.each([
  [0, 1],
  [1, 1],
  [4, 1],
  [5, 2],
  [8, 2],
  [9, 5],
  [21, 10],
  [41, 20],
  [1000, 500],
])("a scale up to %d goes by %d", (high, step) => {
  expect(scaleStep(high)).toBe(step);
});
