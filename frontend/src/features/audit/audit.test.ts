import { expect, test } from "vitest";
import { type Entry, onceEach } from "./api";
import { fromField, toField } from "./moment";

test("a moment goes into a field and comes out the same, in whatever zone", () => {
  expect(fromField(toField("2026-11-26T04:30:00.000Z"))).toBe("2026-11-26T04:30:00.000Z");
  expect(toField("2026-11-26T04:30:00.000Z")).toMatch(/^2026-11-2\dT\d\d:\d\d$/);
});

test.each(["", "soon", "2026-99-99T00:00"])("%j is no moment", (text) => {
  expect(fromField(text)).toBe("");
  expect(toField(text)).toBe("");
});

test("an entry that new ones pushed into the next page is there once", () => {
  const entry = (id: number) => ({ id }) as Entry;
  expect(onceEach([entry(3), entry(2), entry(2), entry(1)]).map(({ id }) => id)).toEqual([3, 2, 1]);
});
