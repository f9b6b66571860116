import { expect, test } from "vitest";
import { parsePort } from "./port";

test.each<[string | number, number | null]>([
  ["8080", 8080],
  [" 1 ", 1],
  [65535, 65535],
  ["", null],
  ["0", null],
  ["65536", null],
  ["-1", null],
  ["80.5", null],
  ["8e3", null],
  ["port", null],
])("%s is the port %s", (typed, port) => {
  expect(parsePort(typed)).toBe(port);
});
