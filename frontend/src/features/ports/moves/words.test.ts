import { expect, test } from "vitest";
import { costOf } from "./words";

test.each([
  [{ phase: "committed", drain: { lost: 0, in_flight_at_switch: 3 } }, "none lost of 3 under way"],
  [{ phase: "committed", drain: { lost: 2, in_flight_at_switch: 3 } }, "2 lost of 3 under way"],
  [{ phase: "committed", drain: { lost: null, in_flight_at_switch: null } }, "not told"],
  [{ phase: "bound", drain: { lost: null, in_flight_at_switch: null } }, "–"],
] as const)("%o costs: %s", (move, words) => {
  expect(costOf(move)).toBe(words);
});
