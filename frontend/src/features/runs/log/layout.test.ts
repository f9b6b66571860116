import { expect, test } from "vitest";
import { Layout, markerOf } from "./layout";

test("without gaps a row is a line", () => {
  const layout = new Layout(3);
  expect([layout.rows, layout.at(0), layout.at(2), layout.at(3)]).toEqual([3, { number: 1 }, { number: 3 }, undefined]);
  expect(layout.rowOf(3)).toBe(2);
  expect(new Layout(0).rows).toBe(0);
});

test("a gap of millions of lines is one row", () => {
  const gap = { after_line: 10, bytes: 5_000_000, lines: 1_000_000 };
  const layout = new Layout(1_000_020, [gap]);
  // Ten whole lines, one that is cut, the marker, ten after it.
  expect(layout.rows).toBe(22);
  expect(layout.at(10)).toEqual({ number: 11 });
  expect(layout.at(11)).toEqual({ gap });
  expect(layout.at(12)).toEqual({ number: 1_000_011 });
  expect(layout.at(21)).toEqual({ number: 1_000_020 });
  expect([layout.rowOf(11), layout.rowOf(500_000), layout.rowOf(1_000_011), layout.rowOf(9e9)]).toEqual([10, 11, 12, 21]);
});

test("a gap within a line, at the beginning and at the end", () => {
  expect(new Layout(2, [{ after_line: 1, bytes: 9, lines: 0 }]).rows).toBe(3);
  expect(new Layout(5, [{ after_line: 0, bytes: 9, lines: 4 }]).at(1)).toMatchObject({ gap: { lines: 4 } });
  const end = new Layout(5, [{ after_line: 3, bytes: 9, lines: 2 }]);
  expect([end.rows, end.at(4)]).toEqual([5, { gap: { after_line: 3, bytes: 9, lines: 2 } }]);
});

test("the marker is that of the server", () => {
  expect(markerOf({ after_line: 0, bytes: 12, lines: 3 })).toBe("... 12 bytes (3 lines) left out ...");
});
