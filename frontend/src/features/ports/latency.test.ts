import { expect, test } from "vitest";
import { courseOf, remember } from "./latency";

const status = (last_checked: string | null, latency_ms: number | null) => ({
  service_id: "web",
  category: "other",
  detail: "",
  status: "healthy" as const,
  last_checked,
  latency_ms,
});

test("a check counts once, one without an answer not at all, and old ones are dropped", () => {
  remember("s", [status("2026-01-01T00:00:00Z", 5)]);
  remember("s", [status("2026-01-01T00:00:00Z", 5)]);
  remember("s", [status("2026-01-01T00:00:03Z", null), status(null, 3)]);
  expect(courseOf("s", "web")).toEqual([5]);
  for (let second = 10; second < 50; second += 1) remember("s", [status(`2026-01-01T00:00:${second}Z`, second)]);
  expect(courseOf("s", "web")).toHaveLength(30);
  expect(courseOf("s", "web").at(-1)).toBe(49);
  expect(courseOf("other", "web")).toEqual([]);
});
