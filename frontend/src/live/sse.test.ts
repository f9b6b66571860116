import { expect, test } from "vitest";
import { EventParser } from "./sse";

const TEXT = 'retry: 1000\n\n: alive\n\nid: 7\nevent: output\ndata: {"a":1}\n\nevent: end\ndata: x\ndata:y\n\n';
const EVENTS = [
  { id: "7", event: "output", data: '{"a":1}' },
  { id: undefined, event: "end", data: "x\ny" },
];

test("events are cut at empty lines; comments and waits are none", () => {
  expect(new EventParser().push(TEXT)).toEqual(EVENTS);
});

test("it does not matter where a piece ends, nor how lines do", () => {
  for (const text of [TEXT, TEXT.replaceAll("\n", "\r\n"), TEXT.replaceAll("\n", "\r")]) {
    for (const size of [1, 2, 3, 7]) {
      const parser = new EventParser();
      const found = [];
      for (let at = 0; at < text.length; at += size) found.push(...parser.push(text.slice(at, at + size)));
      found.push(...parser.push(""));
      // A lone carriage return may still be half of a line end.
      if (text.endsWith("\r")) found.push(...parser.push("\n"));
      expect(found).toEqual(EVENTS);
    }
  }
});

test("an event that is not whole is none", () => {
  const parser = new EventParser();
  expect(parser.push("id: 1\nevent: output\ndata: half")).toEqual([]);
  expect(parser.push(" and half\n\n")).toEqual([{ id: "1", event: "output", data: "half and half" }]);
});
