import { expect, test } from "vitest";
import { nameOfClient } from "./client";

test.each([
  [null, "unknown"],
  ["curl/8.1.0", "curl"],
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36", "Chrome on Linux"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605 Version/18 Safari/605", "Safari on macOS"],
])("%s is called %s", (agent, expected) => {
  expect(nameOfClient(agent)).toBe(expected);
});
