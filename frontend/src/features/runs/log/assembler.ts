/** Lines out of events: the end of a log as it grows, without asking for it. */

import type { OutputPiece } from "@/live/runs";
import type { RawLine, StreamName } from "./lines";
import type { OutputLines } from "./output";

/** A longer line is cut, as the server does. */
const LONGEST = 16 * 1024;

/** What came of a piece. */
export type Taken =
  /** These lines are new. */
  | { kind: "lines"; lines: RawLine[] }
  /** It was known already. */
  | { kind: "known" }
  /** Something is missing before or in it: the server has to be asked. */
  | { kind: "missing" };

/** The end of the output of one claim. */
export class Assembler {
  readonly epoch: number;
  #bytes: number;
  #lines: number;
  readonly #open = new Map<StreamName, string>();
  readonly #decoders = new Map<StreamName, TextDecoder>();

  /** Goes on where an answer of the server ends; `open` are its lines without an end. */
  constructor(at: Pick<OutputLines, "epoch" | "total_bytes" | "total_lines">, open: readonly RawLine[]) {
    this.epoch = at.epoch;
    this.#bytes = at.total_bytes;
    this.#lines = at.total_lines;
    for (const { stream, text } of open) this.#open.set(stream, text);
  }

  /** How many lines have ended. */
  get lines(): number {
    return this.#lines;
  }

  /** The lines that have no end yet. */
  open(): RawLine[] {
    return [...this.#open].filter(([, text]) => text !== "").map(([stream, text]) => ({ number: this.#lines + 1, stream, text }));
  }

  /** Takes the next piece. */
  take(piece: OutputPiece): Taken {
    if (piece.epoch < this.epoch) return { kind: "known" };
    if (piece.epoch > this.epoch) return { kind: "missing" };
    if (piece.offset + piece.length <= this.#bytes) return { kind: "known" };
    if (piece.offset !== this.#bytes || piece.dropped || piece.lost_bytes) return { kind: "missing" };
    const found: RawLine[] = [];
    for (const frame of piece.frames) this.#append(frame.stream, this.#textOf(frame), found);
    if (this.#lines !== piece.line + piece.lines) return { kind: "missing" };
    this.#bytes += piece.length;
    return { kind: "lines", lines: found };
  }

  #append(stream: StreamName, text: string, found: RawLine[]): void {
    const parts = ((this.#open.get(stream) ?? "") + text).split("\n");
    const rest = parts.pop() ?? "";
    for (const part of parts) {
      this.#lines += 1;
      found.push({ number: this.#lines, stream, text: part.slice(0, LONGEST), cut: part.length > LONGEST });
    }
    this.#open.set(stream, rest.slice(0, LONGEST + 1));
  }

  #textOf({ stream, text, base64 }: OutputPiece["frames"][number]): string {
    if (base64 == null && !this.#decoders.has(stream)) return text ?? "";
    // A letter may be cut between two frames.
    const decoder = this.#decoders.get(stream) ?? new TextDecoder();
    this.#decoders.set(stream, decoder);
    const bytes = base64 == null ? new TextEncoder().encode(text ?? "") : Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    return decoder.decode(bytes, { stream: true });
  }
}
