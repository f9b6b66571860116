/** Colours in the output of programs: ANSI escape sequences as pieces of styled text. */

/** How a piece of text looks. Colours are 0 to 15 by name, or CSS colours. */
export interface AnsiStyle {
  fg?: number | string;
  bg?: number | string;
  bold?: true;
  dim?: true;
  italic?: true;
  underline?: true;
  inverse?: true;
  strike?: true;
}

/** A piece of text that looks the same throughout. */
export interface AnsiSpan {
  text: string;
  style: AnsiStyle;
}

/** The look before anything was said. */
export const PLAIN: AnsiStyle = {};

// Colours (CSI ... m), other control sequences, titles and links (OSC), and single control characters.
const SEQUENCE =
  /\x1b\[([0-9;:]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f]/g;

/** The text without any escape sequence. */
export const stripAnsi = (text: string): string => text.replace(SEQUENCE, "");

/** The pieces of one line, and the look that the next one begins with. */
export function parseAnsi(line: string, start: AnsiStyle = PLAIN): { spans: AnsiSpan[]; end: AnsiStyle } {
  const spans: AnsiSpan[] = [];
  let style = start;
  let from = 0;
  const add = (to: number) => {
    if (to > from) spans.push({ text: line.slice(from, to), style });
  };
  for (const found of line.matchAll(SEQUENCE)) {
    add(found.index);
    from = found.index + found[0].length;
    if (found[1] !== undefined) style = applied(style, found[1]);
  }
  add(line.length);
  return { spans, end: style };
}

/** The look after a sequence such as `1;31`. */
function applied(before: AnsiStyle, codes: string): AnsiStyle {
  const numbers = codes.split(/[;:]/).map(Number);
  let style = { ...before };
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, used] = extended(numbers.slice(i + 1));
      if (colour !== undefined) style[code === 38 ? "fg" : "bg"] = colour;
      i += used;
    } else {
      style = simple(style, code);
    }
  }
  return style;
}

type Switch = Exclude<keyof AnsiStyle, "fg" | "bg">;
const ON: Record<number, Switch> = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "strike" };
const OFF: Record<number, readonly (keyof AnsiStyle)[]> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  29: ["strike"],
  39: ["fg"],
  49: ["bg"],
};

function simple(style: AnsiStyle, code: number): AnsiStyle {
  if (code === 0) return PLAIN;
  const on = ON[code];
  if (on) return { ...style, [on]: true };
  const off = OFF[code];
  if (off) return Object.fromEntries(Object.entries(style).filter(([name]) => !off.includes(name as keyof AnsiStyle)));
  if (code >= 30 && code <= 37) return { ...style, fg: code - 30 };
  if (code >= 40 && code <= 47) return { ...style, bg: code - 40 };
  if (code >= 90 && code <= 97) return { ...style, fg: code - 82 };
  if (code >= 100 && code <= 107) return { ...style, bg: code - 92 };
  return style;
}

/** A colour of 256, or of red, green and blue; and how many numbers said it. */
function extended([kind, a, b, c]: number[]): [number | string | undefined, number] {
  if (kind === 5) return [a === undefined ? undefined : indexed(a), 2];
  if (kind === 2 && [a, b, c].every((one) => one !== undefined && one >= 0 && one <= 255)) return [`rgb(${a} ${b} ${c})`, 4];
  return [undefined, kind === 2 ? 4 : 0];
}

function indexed(index: number): number | string | undefined {
  if (!Number.isInteger(index) || index < 0 || index > 255) return undefined;
  if (index < 16) return index;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const level = (part: number) => (part === 0 ? 0 : 55 + part * 40);
  const cube = index - 16;
  return `rgb(${level(Math.floor(cube / 36))} ${level(Math.floor(cube / 6) % 6)} ${level(cube % 6)})`;
}
