/** What keys do in a text: indentation, which a text area by itself knows nothing of. */

const STEP = "  ";

/** A part of a text that is replaced, and what is selected then. */
export interface Edit {
  from: number;
  to: number;
  insert: string;
  start: number;
  end: number;
}

/** Moves the caret to the next step, or all lines that are selected by one step. */
export function indent(text: string, start: number, end: number): Edit {
  if (!text.slice(start, end).includes("\n")) {
    const column = start - lineStart(text, start);
    const insert = STEP.slice(column % STEP.length);
    return { from: start, to: end, insert, start: start + insert.length, end: start + insert.length };
  }
  return withLines(text, start, end, (line) => (line === "" ? line : STEP + line));
}

/** Takes one step away from the lines that are selected; null if none has any. */
export function dedent(text: string, start: number, end: number): Edit | null {
  const edit = withLines(text, start, end, (line) => line.replace(/^(?: {1,2}|\t)/, ""));
  return edit.insert === text.slice(edit.from, edit.to) ? null : edit;
}

/** A new line that begins where the one before did; null where that is at its very start. */
export function breakLine(text: string, start: number, end: number): Edit | null {
  const space = /^[ \t]*/.exec(text.slice(lineStart(text, start), start))?.[0] ?? "";
  if (space === "") return null;
  const caret = start + 1 + space.length;
  return { from: start, to: end, insert: `\n${space}`, start: caret, end: caret };
}

/** Does it as if it was typed, so that the browser can undo it. */
export function apply(area: HTMLTextAreaElement, { from, to, insert, start, end }: Edit): void {
  area.setSelectionRange(from, to);
  if (!typed(insert)) {
    area.setRangeText(insert, from, to, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  area.setSelectionRange(start, end);
}

/** Only this old call is known to the browser's own undo; not every browser has it. */
function typed(insert: string): boolean {
  if (typeof document.execCommand !== "function") return false;
  return insert === "" ? document.execCommand("delete") : document.execCommand("insertText", false, insert);
}

const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;

/** Changes each line that is selected. One of which only the start is selected is none of them. */
function withLines(text: string, start: number, end: number, change: (line: string) => string): Edit {
  const from = lineStart(text, start);
  const last = end > start && text[end - 1] === "\n" ? end - 1 : end;
  const next = text.indexOf("\n", last);
  const to = next < 0 ? text.length : next;
  const lines = text.slice(from, to).split("\n");
  const changed = lines.map(change);
  const insert = changed.join("\n");
  const shift = (changed[0]?.length ?? 0) - (lines[0]?.length ?? 0);
  const first = start === from && start !== end ? start : Math.max(from, start + shift);
  return { from, to, insert, start: first, end: Math.max(first, end + insert.length - (to - from)) };
}
