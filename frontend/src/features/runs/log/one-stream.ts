/** The output of one stream: its lines lie scattered among the others, so they are read one after the other. */

import { LineMaker, type LogLine, type RawLine } from "./lines";
import type { OutputLines } from "./output";
import { linesOf, OutputStore, type RowView } from "./store";

/** Lines that are read at a time. */
const PAGE = 5_000;
/** So many rows before the end of what is known, more is read. */
const AHEAD = 500;

/** Knows the lines of one stream from the first on. */
export class StreamStore extends OutputStore {
  #lines: LogLine[] = [];
  #open: LogLine[] = [];
  /** From where on nothing is known; nothing if all is. */
  #next: number | undefined = 1;
  #maker = new LineMaker();
  #loading: Promise<void> | undefined;

  at(row: number): RowView {
    const line = row < this.#lines.length ? this.#lines[row] : this.#open[row - this.#lines.length];
    return line && { line };
  }

  want(_first: number, last: number): void {
    if (last + AHEAD > this.#lines.length && !this.get().problem) void this.#more();
  }

  rowOf(number: number): number {
    let [low, high] = [0, this.#lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#lines[middle]?.number ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, Math.min(low, this.countRows() - 1));
  }

  async reveal(number: number): Promise<void> {
    while (this.#next !== undefined && this.#next <= number) {
      const before = this.#next;
      await this.#more();
      if (this.#next === before) return;
    }
  }

  protected countRows(): number {
    return this.#lines.length + this.#open.length;
  }

  protected clear(): void {
    this.#lines = [];
    this.#next = 1;
    this.#maker = new LineMaker();
  }

  protected readEnd(): Promise<OutputLines> {
    return this.read({ from: this.#next ?? (this.#lines.at(-1)?.number ?? 0) + 1, lines: PAGE, stream: this.stream });
  }

  protected takeAnswer(answer: OutputLines): void {
    const last = this.#lines.at(-1)?.number ?? 0;
    const fresh = answer.lines.filter((line) => !line.open && line.number > last);
    this.#lines.push(...linesOf(fresh, this.#maker));
    this.#open = linesOf(answer.lines.filter((line) => line.open));
    this.#next = answer.next_line ?? undefined;
  }

  protected takeLines(lines: readonly RawLine[], open: readonly RawLine[]): void {
    // What is not read yet will be, these lines included.
    if (this.#next !== undefined) return;
    this.#lines.push(...linesOf(lines.filter((line) => line.stream === this.stream), this.#maker));
    this.#open = linesOf(open.filter((line) => line.stream === this.stream));
  }

  #more(): Promise<void> {
    if (this.#next === undefined) return Promise.resolve();
    this.#loading ??= this.readEnd()
      .then((answer) => {
        this.takeAnswer(answer);
        if (answer.next_line == null) this.refresh();
        this.changed();
      })
      .catch((failure: unknown) => this.failed(failure))
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }
}
