/** Lines of output as they are shown. */

import { type AnsiStyle, parseAnsi, PLAIN, stripAnsi } from "@/ui/ansi";

/** Which stream a line is of: `stdout`, `stderr` or `system`. */
export type StreamName = string;

/** One line of output. */
export interface LogLine {
  /** Counted from 1 over all streams. */
  number: number;
  stream: StreamName;
  /** As the program wrote it, colours included. */
  text: string;
  /** As people read it. */
  plain: string;
  /** The look that it begins with. */
  start: AnsiStyle;
  /** Whether some of it is missing. */
  cut: boolean;
}

/** A line as it came. */
export interface RawLine {
  number: number;
  stream: StreamName;
  text: string;
  cut?: boolean;
}

/** Makes lines of one stretch; a colour lasts into the next lines of its stream. */
export class LineMaker {
  readonly #styles = new Map<StreamName, AnsiStyle>();

  make({ number, stream, text, cut = false }: RawLine): LogLine {
    const start = this.#styles.get(stream) ?? PLAIN;
    const written = overwritten(text);
    if (!text.includes("\u001b")) return { number, stream, text: written, plain: written, start, cut };
    this.#styles.set(stream, parseAnsi(text, start).end);
    return { number, stream, text: written, plain: stripAnsi(written), start, cut };
  }
}

/** What is left of a line that went back to its start, as bars of progress do. */
function overwritten(line: string): string {
  if (!line.includes("\r")) return line;
  return line.replace(/\r+$/, "").split("\r").at(-1) ?? "";
}

/** A piece of a line with one look, perhaps one that was looked for. */
export interface Piece {
  text: string;
  style: AnsiStyle;
  isHit: boolean;
}

/** From where to where a text is found in a line, without regard to case. */
function findIn(plain: string, search: string): [from: number, to: number][] {
  const wanted = search.toLowerCase();
  const text = plain.toLowerCase();
  const found: [number, number][] = [];
  if (wanted === "") return found;
  for (let from = text.indexOf(wanted); from >= 0; from = text.indexOf(wanted, from + wanted.length)) {
    found.push([from, from + wanted.length]);
  }
  return found;
}

/** The pieces of a line, cut where looks change and where what was looked for begins and ends. */
export function piecesOf(line: LogLine, search: string): Piece[] {
  const hits = findIn(line.plain, search);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { text, style } of parseAnsi(line.text, line.start).spans) {
    let from = 0;
    for (const hit of hits) {
      const begin = Math.max(hit[0] - at, from);
      const end = Math.min(hit[1] - at, text.length);
      if (begin >= end) continue;
      if (begin > from) pieces.push({ text: text.slice(from, begin), style, isHit: false });
      pieces.push({ text: text.slice(begin, end), style, isHit: true });
      from = end;
    }
    if (from < text.length) pieces.push({ text: text.slice(from), style, isHit: false });
    at += text.length;
  }
  return pieces;
}
