import { expect, test } from "vitest";
import { wholeNumber } from "./WholeNumberInput";

test.each([
  ["8080", 8080],
  [" 8 080 ", 8080],
  ["0", 0],
  ["007", 7],
  ["-5", -5],
  ["5-3", 53],
  ["80a", 80],
  ["1234567890123456789", 123_456_789_012_345],
  ["", ""],
  ["port", ""],
  ["-", "-"],
])("%j is the number %j", (text, number) => expect(wholeNumber(text)).toBe(number));
