import { expect, test } from "vitest";
import { LineMaker, piecesOf } from "./lines";

const ESC = "\u001b";
const make = (text: string, stream = "stdout", maker = new LineMaker()) => maker.make({ number: 1, stream, text });

test("a line that went back to its start shows what was written last", () => {
  expect(make("10%\r50%\r100%\r").plain).toBe("100%");
  expect(make("end\r").plain).toBe("end");
});

test("a colour lasts into the next lines of its stream only", () => {
  const maker = new LineMaker();
  make(`${ESC}[31mred`, "stdout", maker);
  expect(make("still", "stdout", maker).start).toEqual({ fg: 1 });
  expect(make("plain", "stderr", maker).start).toEqual({});
});

test("what is looked for is found without regard to case and colours, and marked piece by piece", () => {
  const pieces = piecesOf(make(`xE${ESC}[31mrr${ESC}[0moy`), "ERRO");
  expect(pieces.map(({ text, isHit }) => [text, isHit])).toEqual([
    ["x", false],
    ["E", true],
    ["rr", true],
    ["o", true],
    ["y", false],
  ]);
  expect(piecesOf(make("nothing"), "").map((piece) => piece.isHit)).toEqual([false]);
});
