/** What differs between two texts, line by line. */

/** A line of both, or of one of them. */
export interface DiffLine {
  kind: "same" | "removed" | "added";
  text: string;
  /** Its number in the older text, and in the newer one. */
  before: number | undefined;
  after: number | undefined;
}

/** Pairs of lines that are compared at most; beyond that, all in between counts as replaced. */
const MAX_PAIRS = 4_000_000;

/** The lines of both texts in one order, with the longest run of lines in common kept. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.replace(/\n$/, "").split("\n");
  const b = after.replace(/\n$/, "").split("\n");
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const lines: DiffLine[] = [];
  const same = (i: number, j: number) => lines.push({ kind: "same", text: a[i] ?? "", before: i + 1, after: j + 1 });
  for (let i = 0; i < start; i++) same(i, i);
  walk(a.slice(start, a.length - end), b.slice(start, b.length - end), {
    same: (i, j) => same(start + i, start + j),
    removed: (i, text) => lines.push({ kind: "removed", text, before: start + i + 1, after: undefined }),
    added: (j, text) => lines.push({ kind: "added", text, before: undefined, after: start + j + 1 }),
  });
  for (let i = end; i > 0; i--) same(a.length - i, b.length - i);
  return lines;
}

interface Steps {
  same: (i: number, j: number) => void;
  removed: (i: number, text: string) => void;
  added: (j: number, text: string) => void;
}

/** Goes through both lists along the longest common subsequence. */
function walk(a: readonly string[], b: readonly string[], steps: Steps): void {
  const width = b.length + 1;
  const common = a.length * b.length <= MAX_PAIRS ? lengths(a, b) : null;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (common && left !== undefined && left === right) {
      steps.same(i++, j++);
    } else if (left !== undefined && (right === undefined || !common || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))) {
      steps.removed(i++, left);
    } else if (right !== undefined) {
      steps.added(j++, right);
    }
  }
}

/** How many lines the rests from (i, j) on have in common. */
function lengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const [down, right, both] = [table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0, table[(i + 1) * width + j + 1] ?? 0];
      table[i * width + j] = a[i] === b[j] ? both + 1 : Math.max(down, right);
    }
  }
  return table;
}
