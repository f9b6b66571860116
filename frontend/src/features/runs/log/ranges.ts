/** The output of all streams, read where somebody looks. */

import { Layout } from "./layout";
import { LineMaker, type LogLine, type RawLine } from "./lines";
import type { Dropped, OutputLines } from "./output";
import { linesOf, OutputStore, readTail, type RowView } from "./store";

/** Lines that are read at a time, and ranges that are kept. */
const [CHUNK, KEPT] = [500, 200];

interface Range {
  lines: Map<number, LogLine>;
  /** Up to which line it was read. */
  until: number;
}

/** Knows ranges of lines, and for each row which line is there. */
export class RangeStore extends OutputStore {
  readonly #ranges = new Map<number, Range>();
  readonly #pending = new Map<number, Promise<void>>();
  #layout = new Layout(0);
  #dropped: readonly Dropped[] = [];
  #open: LogLine[] = [];
  #maker = new LineMaker();

  at(row: number): RowView {
    if (row >= this.#layout.rows) {
      const line = this.#open[row - this.#layout.rows];
      return line && { line };
    }
    const found = this.#layout.at(row);
    if (!found || "gap" in found) return found;
    const line = this.#ranges.get(chunkOf(found.number))?.lines.get(found.number);
    return line ? { line } : found;
  }

  want(first: number, last: number): void {
    if (this.get().problem) return;
    const chunks = new Set<number>();
    for (let row = first; row <= last; row++) {
      const found = this.at(row);
      if (found && "number" in found && !this.#isRead(found.number)) chunks.add(chunkOf(found.number));
    }
    for (const chunk of chunks) void this.#load(chunk);
  }

  rowOf(number: number): number {
    return number > this.#layout.lines ? Math.max(0, this.countRows() - 1) : this.#layout.rowOf(number);
  }

  reveal(number: number): Promise<void> {
    return this.#isRead(number) ? Promise.resolve() : this.#load(chunkOf(number));
  }

  #isRead(number: number): boolean {
    return number <= (this.#ranges.get(chunkOf(number))?.until ?? 0);
  }

  protected countRows(): number {
    return this.#layout.rows + this.#open.length;
  }

  protected clear(): void {
    this.#ranges.clear();
    this.#maker = new LineMaker();
  }

  protected readEnd(): Promise<OutputLines> {
    return readTail(this.read, "");
  }

  protected takeAnswer(answer: OutputLines): void {
    this.#maker = new LineMaker();
    this.#renew(answer.lines, this.#maker);
    this.#setOpen(answer.lines.filter((line) => line.open));
    if (JSON.stringify(answer.dropped) !== JSON.stringify(this.#dropped)) {
      this.#dropped = answer.dropped;
      // What was not there before the gap was known may be there now.
      for (const range of this.#ranges.values()) range.until = 0;
    }
    this.#layout = new Layout(this.total.lines, this.#dropped);
  }

  protected takeLines(lines: readonly RawLine[], open: readonly RawLine[]): void {
    this.#keep(lines, this.#maker);
    this.#setOpen(open);
    this.#layout = new Layout(this.total.lines, this.#dropped);
  }

  #setOpen(open: readonly RawLine[]): void {
    this.#open = linesOf(open);
  }

  #keep(lines: readonly (RawLine & { open?: boolean })[], maker: LineMaker): void {
    for (const raw of lines) {
      if (raw.open) continue;
      const line = maker.make(raw);
      const known = this.#range(chunkOf(line.number)).lines;
      known.set(line.number, joined(known.get(line.number), line));
    }
  }

  /** Lines that are told anew are never joined to what was known of them. */
  #renew(lines: OutputLines["lines"], maker: LineMaker): void {
    for (const { number } of lines) this.#ranges.get(chunkOf(number))?.lines.delete(number);
    this.#keep(lines, maker);
  }

  #range(chunk: number): Range {
    const known = this.#ranges.get(chunk);
    if (known) return known;
    const range = { lines: new Map<number, LogLine>(), until: 0 };
    this.#ranges.set(chunk, range);
    if (this.#ranges.size > KEPT) {
      const oldest = this.#ranges.keys().next().value;
      if (oldest !== undefined) this.#ranges.delete(oldest);
    }
    return range;
  }

  #load(chunk: number): Promise<void> {
    const pending = this.#pending.get(chunk);
    if (pending) return pending;
    const loading = this.#readChunk(chunk)
      .catch((failure: unknown) => this.failed(failure))
      .finally(() => this.#pending.delete(chunk));
    this.#pending.set(chunk, loading);
    return loading;
  }

  async #readChunk(chunk: number): Promise<void> {
    const last = (chunk + 1) * CHUNK;
    const maker = new LineMaker();
    let from = chunk * CHUNK + 1;
    for (;;) {
      const answer = await this.read({ from, lines: last - from + 1, stream: "" });
      const inside = answer.lines.filter((line) => line.number <= last);
      this.#renew(inside, maker);
      const next = answer.next_line ?? Infinity;
      if (next > last || next <= from) {
        this.#range(chunk).until = Math.min(last, answer.total_lines);
        break;
      }
      from = next;
    }
    this.changed();
  }
}

const chunkOf = (number: number): number => Math.floor((number - 1) / CHUNK);

/** Before and after a gap within a line, both pieces have its number. */
function joined(known: LogLine | undefined, line: LogLine): LogLine {
  if (!known || known.text === line.text) return line;
  if (!known.cut || !line.cut) return line;
  return { ...known, text: `${known.text} … ${line.text}`, plain: `${known.plain} … ${line.plain}` };
}
