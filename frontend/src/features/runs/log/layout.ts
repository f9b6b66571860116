/** Where lines lie when what is missing takes one row, however many lines it stands for. */

import type { Dropped } from "./output";

/** A row: a line by its number, or what stands for what is missing. */
export type Row = { number: number } | { gap: Dropped };

interface Stretch {
  /** The row and the number of its first line. */
  row: number;
  first: number;
  lines: number;
  /** What is missing after it. */
  gap: Dropped | undefined;
}

/** Rows of lines from 1 on, with a row for each gap. */
export class Layout {
  readonly rows: number;
  readonly #stretches: Stretch[] = [];

  constructor(
    readonly lines: number,
    dropped: readonly Dropped[] = [],
  ) {
    let [row, next] = [0, 1];
    for (const gap of [...dropped].sort((a, b) => a.after_line - b.after_line)) {
      // The line in which it begins has a beginning.
      const last = Math.min(gap.after_line + Math.min(gap.lines, 1), lines);
      const count = Math.max(0, last - next + 1);
      this.#stretches.push({ row, first: next, lines: count, gap });
      row += count + 1;
      next = Math.max(next + count, gap.after_line + gap.lines + 1);
    }
    const rest = Math.max(0, lines - next + 1);
    this.#stretches.push({ row, first: next, lines: rest, gap: undefined });
    this.rows = row + rest;
  }

  /** What is in a row. */
  at(row: number): Row | undefined {
    const stretch = this.#stretches.findLast((one) => one.row <= row);
    if (!stretch || row >= this.rows) return undefined;
    const place = row - stretch.row;
    if (place < stretch.lines) return { number: stretch.first + place };
    return stretch.gap && { gap: stretch.gap };
  }

  /** The row of a line; that of the gap if it is missing. */
  rowOf(number: number): number {
    const stretch = this.#stretches.findLast((one) => one.first <= number) ?? this.#stretches[0];
    if (!stretch) return 0;
    return Math.max(0, Math.min(stretch.row + Math.min(number - stretch.first, stretch.lines), this.rows - 1));
  }
}

/** The marker of what is missing, as in a downloaded file. */
export const markerOf = ({ bytes, lines }: Dropped): string => `... ${bytes} bytes (${lines} lines) left out ...`;
