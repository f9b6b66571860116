/** The output of a step as lines, and what is found in them. */

import { type AnsiStyle, parseAnsi, PLAIN, stripAnsi } from "@/ui/ansi";
import type { LinePlace } from "../steps";

/** What a step wrote. */
export interface StepLog {
  out: string;
  err: string;
}

/** Which of both streams are shown. */
export type Shown = "both" | "out" | "err";

/** One line of output. */
export interface LogLine extends LinePlace {
  /** As the program wrote it, colours included. */
  text: string;
  /** As people read it. */
  plain: string;
  /** The look that it begins with. */
  start: AnsiStyle;
}

/** The lines that are shown: standard output first, then standard error. */
export function linesOf(log: StepLog, shown: Shown): LogLine[] {
  return [...(shown === "err" ? [] : split(log.out, "out")), ...(shown === "out" ? [] : split(log.err, "err"))];
}

function split(text: string, stream: LinePlace["stream"]): LogLine[] {
  if (text === "") return [];
  const parts = text.split("\n");
  if (parts.at(-1) === "") parts.pop();
  let start = PLAIN;
  return parts.map((part, index) => {
    const written = overwritten(part);
    const line = { stream, number: index + 1, text: written, plain: written, start };
    if (part.includes("\u001b")) {
      line.plain = stripAnsi(written);
      start = parseAnsi(part, start).end;
    }
    return line;
  });
}

/** What is left of a line that went back to its start, as bars of progress do. */
function overwritten(line: string): string {
  if (!line.includes("\r")) return line;
  return line.replace(/\r+$/, "").split("\r").at(-1) ?? "";
}

/** Something that was found: the line, and from where to where in its plain text. */
export interface Match {
  line: number;
  from: number;
  to: number;
}

/** More than these are not looked for. */
export const MAX_MATCHES = 10_000;

/** All places that hold the text, without regard to case. */
export function findAll(lines: readonly LogLine[], search: string): Match[] {
  const wanted = search.toLowerCase();
  const found: Match[] = [];
  if (wanted === "") return found;
  for (const [line, { plain }] of lines.entries()) {
    const text = plain.toLowerCase();
    for (let from = text.indexOf(wanted); from >= 0; from = text.indexOf(wanted, from + wanted.length)) {
      found.push({ line, from, to: from + wanted.length });
      if (found.length === MAX_MATCHES) return found;
    }
  }
  return found;
}

/** A piece of a line with one look; `mark` is the number of the match that it belongs to. */
export interface Piece {
  text: string;
  style: AnsiStyle;
  mark: number | undefined;
}

/** The pieces of a line, cut where looks change and where matches begin and end. */
export function piecesOf(line: LogLine, matches: readonly (Match & { number: number })[]): Piece[] {
  const spans = parseAnsi(line.text, line.start).spans;
  const pieces: Piece[] = [];
  let at = 0;
  for (const { text, style } of spans) {
    let from = 0;
    for (const match of matches) {
      const begin = Math.max(match.from - at, from);
      const end = Math.min(match.to - at, text.length);
      if (begin >= end) continue;
      if (begin > from) pieces.push({ text: text.slice(from, begin), style, mark: undefined });
      pieces.push({ text: text.slice(begin, end), style, mark: match.number });
      from = end;
    }
    if (from < text.length) pieces.push({ text: text.slice(from), style, mark: undefined });
    at += text.length;
  }
  return pieces;
}
