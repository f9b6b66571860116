import { expect, test } from "vitest";
import { nextOrder, sortRows } from "./order";

interface Machine {
  name: string;
  port: number | null;
}
const rows: Machine[] = [
  { name: "web-10", port: 22 },
  { name: "Web-2", port: null },
  { name: "db", port: 8 },
];
const columns = [
  { id: "name", sort: (row: Machine) => row.name },
  { id: "port", sort: (row: Machine) => row.port },
  { id: "plain" },
];
const names = (sorted: readonly Machine[]) => sorted.map((row) => row.name);

test.each([
  ["name", false, ["db", "Web-2", "web-10"]],
  ["name", true, ["web-10", "Web-2", "db"]],
  ["port", false, ["db", "web-10", "Web-2"]],
  ["port", true, ["web-10", "db", "Web-2"]],
  ["plain", true, ["web-10", "Web-2", "db"]],
])("by %s, descending %s", (id, desc, expected) => {
  expect(names(sortRows(rows, columns, { id, desc }))).toEqual(expected);
});

test("without an order the rows stay as they came, and are never changed", () => {
  expect(sortRows(rows, columns, undefined)).toBe(rows);
  sortRows(rows, columns, { id: "name", desc: false });
  expect(rows[0]?.name).toBe("web-10");
});

test("a second click turns the order round", () => {
  const first = nextOrder(undefined, "name");
  expect(first).toEqual({ id: "name", desc: false });
  expect(nextOrder(first, "name")).toEqual({ id: "name", desc: true });
  expect(nextOrder(first, "port")).toEqual({ id: "port", desc: false });
});
