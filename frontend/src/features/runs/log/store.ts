/** The output of a step as far as it is known: what is looked at is read in ranges, the end comes by events. */

import { type Problem, toProblem } from "@/api/problem";
import type { OutputPiece } from "@/live/runs";
import { Assembler } from "./assembler";
import { LineMaker, type LogLine, type RawLine } from "./lines";
import type { Dropped, OutputLines, ReadLines, Shown } from "./output";

/** What is in a row; nothing yet where it is still to be read. */
export type RowView = { line: LogLine } | { gap: Dropped } | { number: number } | undefined;

/** What components see of a store. */
export interface Snapshot {
  /** Changes with everything that is seen. */
  version: number;
  rows: number;
  /** Lines that have ended, those of all streams. */
  lines: number;
  /** Bytes of all streams. */
  bytes: number;
  isReady: boolean;
  problem: Problem | null;
}

/** Lines that are read at the end, and milliseconds between two such reads. */
const [TAIL, TAIL_MS] = [200, 250];

/** What both kinds of logs share: the end, and who watches. */
export abstract class OutputStore {
  #snapshot: Snapshot = { version: 0, rows: 0, lines: 0, bytes: 0, isReady: false, problem: null };
  readonly #watchers = new Set<() => void>();
  #assembler: Assembler | undefined;
  #reading = false;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  protected total = { lines: 0, bytes: 0 };

  constructor(
    protected readonly read: ReadLines,
    protected readonly stream: Shown,
  ) {}

  readonly get = (): Snapshot => this.#snapshot;

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** What is in a row. */
  abstract at(row: number): RowView;
  /** Makes known what is in these rows. */
  abstract want(first: number, last: number): void;
  /** The row of a line, or the one nearest to it. */
  abstract rowOf(number: number): number;
  /** Makes a line known, wherever it is. */
  abstract reveal(number: number): Promise<void>;
  protected abstract countRows(): number;
  /** Another claim began: nothing of what is known holds. */
  protected abstract clear(): void;
  protected abstract takeAnswer(answer: OutputLines): void;
  protected abstract takeLines(lines: readonly RawLine[], open: readonly RawLine[]): void;
  protected abstract readEnd(): Promise<OutputLines>;

  /** Takes what the step printed; nothing: some was passed over. */
  readonly hear = (pieces: readonly OutputPiece[] | null): void => {
    const assembler = this.#assembler;
    if (!assembler || pieces === null) {
      this.refresh();
      return;
    }
    const lines: RawLine[] = [];
    for (const piece of pieces) {
      const taken = assembler.take(piece);
      if (taken.kind === "lines") {
        lines.push(...taken.lines);
        this.total.bytes = piece.offset + piece.length;
      }
      if (taken.kind === "missing") {
        this.#assembler = undefined;
        this.refresh();
        return;
      }
    }
    this.total.lines = assembler.lines;
    this.takeLines(lines, assembler.open());
    this.changed();
  };

  /** Reads the end anew, soon. */
  readonly refresh = (): void => {
    if (this.#reading || this.#timer !== undefined) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    void this.readEnd()
      .then((answer) => {
        if (this.#assembler && answer.epoch !== this.#assembler.epoch) this.clear();
        this.total = { lines: answer.total_lines, bytes: answer.total_bytes };
        this.takeAnswer(answer);
        this.#assembler = this.isWhole(answer) ? new Assembler(answer, answer.lines.filter((line) => line.open)) : undefined;
        this.changed({ isReady: true, problem: null });
      })
      .catch((failure: unknown) => this.changed({ problem: toProblem(failure) }))
      .finally(() => {
        this.#reading = false;
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          if (this.#again) {
            this.#again = false;
            this.refresh();
          }
        }, TAIL_MS);
      });
  };

  /** Nobody looks any more. */
  readonly close = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
  };

  /** Whether an answer goes up to the end. */
  protected isWhole(answer: OutputLines): boolean {
    return answer.next_line == null;
  }

  protected changed(more: Partial<Snapshot> = {}): void {
    const before = this.#snapshot;
    this.#snapshot = { ...before, ...this.total, ...more, rows: this.countRows(), version: before.version + 1 };
    for (const watcher of this.#watchers) watcher();
  }

  protected failed(failure: unknown): void {
    this.changed({ problem: toProblem(failure) });
  }
}

/** The last lines of all streams. */
export const readTail = (read: ReadLines, stream: Shown): Promise<OutputLines> => read({ from: -TAIL, lines: 2 * TAIL, stream });

/** Lines as they are shown, of an answer. */
export function linesOf(lines: readonly RawLine[], maker = new LineMaker()): LogLine[] {
  return lines.map((line) => maker.make(line));
}
