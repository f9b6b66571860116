import { expect, test } from "vitest";
import type { OutputPiece } from "@/live/runs";
import { Assembler } from "./assembler";

const AT = "2026-01-01T00:00:00Z";
const frame = (stream: string, text: string) => ({ stream, at: AT, offset: 0, text });
const bytes = (stream: string, ...values: number[]) => ({ stream, at: AT, offset: 0, base64: btoa(String.fromCharCode(...values)) });
const piece = (offset: number, length: number, line: number, lines: number, ...frames: object[]) => ({ epoch: 1, offset, length, line, lines, frames }) as OutputPiece;
const start = () => new Assembler({ epoch: 1, total_bytes: 10, total_lines: 2 }, [{ number: 3, stream: "stdout", text: "op" }]);

test("lines go on where the answer ended, numbered over both streams", () => {
  const log = start();
  expect(log.take(piece(10, 9, 2, 2, frame("stdout", "en\nx"), frame("stderr", "bad\n")))).toEqual({
    kind: "lines",
    lines: [
      { number: 3, stream: "stdout", text: "open", cut: false },
      { number: 4, stream: "stderr", text: "bad", cut: false },
    ],
  });
  expect(log.lines).toBe(4);
  expect(log.open()).toEqual([{ number: 5, stream: "stdout", text: "x" }]);
});

test("what is known is passed over, what is missing is said", () => {
  const log = start();
  expect(log.take(piece(0, 10, 0, 2)).kind).toBe("known");
  expect(log.take(piece(20, 5, 3, 0, frame("stdout", "later"))).kind).toBe("missing");
  expect(log.take({ ...piece(10, 5, 2, 0), dropped: { after_line: 2, bytes: 5, lines: 0 } }).kind).toBe("missing");
  expect(log.take({ ...piece(0, 5, 0, 0), epoch: 2 }).kind).toBe("missing");
});

test("a letter that is cut between two frames is whole", () => {
  const log = start();
  log.take(piece(10, 1, 2, 0, bytes("stdout", 0xc3)));
  log.take(piece(11, 1, 2, 0, bytes("stdout", 0xa4)));
  expect(log.take(piece(12, 1, 2, 1, frame("stdout", "\n")))).toMatchObject({ lines: [{ text: "opä" }] });
});

test("a line that is too long is cut", () => {
  const log = start();
  const taken = log.take(piece(10, 20_001, 2, 1, frame("stderr", `${"x".repeat(20_000)}\n`)));
  expect(taken).toMatchObject({ lines: [{ cut: true }] });
});
