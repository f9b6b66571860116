/** A text cut into lines, and those into pieces of one colour. Together the pieces are the text. */

import { CST, Lexer } from "yaml";

/** What a piece of a line is; none is plain text. */
type Kind = "key" | "string" | "value" | "aside";

export interface Piece {
  text: string;
  kind?: Kind | undefined;
}

export type Line = readonly Piece[];

/** What YAML reads as a number, a truth or nothing. */
const VALUE = /^(?:~|null|true|false|[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|0x[\da-f]+|0o[0-7]+|[-+]?\.inf|\.nan)$/i;

/** What the lexer says in between, which is no part of the text. */
const MARKS: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

const KINDS: Partial<Record<CST.TokenType, Kind>> = {
  alias: "aside",
  anchor: "aside",
  tag: "aside",
  comment: "aside",
  "directive-line": "aside",
  "doc-start": "aside",
  "doc-end": "aside",
  "block-scalar-header": "aside",
  "single-quoted-scalar": "string",
  "double-quoted-scalar": "string",
};

/** The lines of a text, without colours. */
export const plainLines = (text: string): Line[] => text.split("\n").map((line) => [{ text: line }]);

/** The lines of a text in YAML, sound or not. */
export const yamlLines = (text: string): Line[] => cut(piecesOf(text));

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  /** The last scalar, for as long as a colon makes it a key. */
  let candidate: Piece | undefined;
  let isScalar = false;
  let isBlock = false;
  for (const token of new Lexer().lex(text)) {
    if (!isScalar && MARKS.has(token)) {
      isScalar = token === CST.SCALAR;
      continue;
    }
    // The colours are lost rather than a character of the text.
    if (!text.startsWith(token, at)) break;
    at += token.length;
    const type = isScalar ? "scalar" : (CST.tokenType(token) ?? "scalar");
    const piece: Piece = { text: token, kind: isScalar ? kindOfScalar(token, isBlock) : KINDS[type] };
    pieces.push(piece);
    if (type === "map-value-ind" && candidate) candidate.kind = "key";
    if (type.endsWith("scalar")) candidate = isBlock ? undefined : piece;
    else if (type !== "space") candidate = undefined;
    if (type === "block-scalar-header") isBlock = true;
    else if (isScalar) isBlock = false;
    isScalar = false;
  }
  pieces.push({ text: text.slice(at) });
  return pieces;
}

function kindOfScalar(text: string, isBlock: boolean): Kind | undefined {
  if (isBlock) return "string";
  return VALUE.test(text) ? "value" : undefined;
}

/** Ends lines where the text does; neighbours of one kind become one piece. */
function cut(pieces: readonly Piece[]): Line[] {
  let line: Piece[] = [];
  const lines = [line];
  for (const { text, kind } of pieces) {
    text.split("\n").forEach((part, index) => {
      if (index > 0) lines.push((line = []));
      const last = line.at(-1);
      if (last && last.kind === kind) last.text += part;
      else if (part !== "") line.push({ text: part, kind });
    });
  }
  return lines;
}
