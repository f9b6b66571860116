import { describe, expect, test } from "vitest";
import { count, formatDuration, formatRelative } from "./format";

describe("formatDuration", () => {
  test.each([
    [0, "0 ms"],
    [849.6, "850 ms"],
    [1000, "1 s"],
    [12_440, "12.4 s"],
    [60_000, "1 min"],
    [185_000, "3 min 5 s"],
    [7_800_000, "2 h 10 min"],
    [90_000_000, "1 d 1 h"],
  ])("%d ms is %s", (ms, expected) => {
    expect(formatDuration(ms)).toBe(expected);
  });
});

describe("formatRelative", () => {
  const now = new Date("2026-11-26T12:00:00Z");
  test.each([
    ["2026-11-26T11:59:58Z", "just now"],
    ["2026-11-26T11:59:30Z", "30 sec. ago"],
    ["2026-11-26T11:57:00Z", "3 min. ago"],
    ["2026-11-26T14:00:00Z", "in 2 hr."],
    ["2026-11-25T11:00:00Z", "yesterday"],
  ])("%s is %s", (moment, expected) => {
    expect(formatRelative(new Date(moment), now)).toBe(expected);
  });
});

test("an amount goes with the right form of its word", () => {
  expect(count(1, "run")).toBe("1 run");
  expect(count(12_000, "run")).toBe("12,000 runs");
  expect(count(2, "query", "queries")).toBe("2 queries");
});
