/** Host ranges of Ansible, such as `web[01:10]` or `db-[a:f].example.org`. */

import { MAX_ROWS } from "./row";

/** One range: its start, its end, and the step between. */
const RANGE = /\[(\d+|[a-zA-Z]):(\d+|[a-zA-Z])(?::(\d+))?\]/;

/** All names that a pattern stands for, or why it stands for none. */
export function expandRange(pattern: string): { names: string[] } | { fault: string } {
  const found = RANGE.exec(pattern);
  if (!found) {
    return /[[\]]/.test(pattern) ? { fault: `“${pattern}” is no range such as web[01:10]` } : { names: [pattern] };
  }
  const [whole, from = "", to = "", step = "1"] = found;
  const items = listRange(from, to, Number(step));
  if ("fault" in items) return { fault: `“${pattern}”: ${items.fault}` };
  const rest = expandRange(pattern.slice(found.index + whole.length));
  if ("fault" in rest) return rest;
  const head = pattern.slice(0, found.index);
  if (items.names.length * rest.names.length > MAX_ROWS) return { fault: `“${pattern}” stands for more than ${MAX_ROWS} hosts` };
  return { names: items.names.flatMap((item) => rest.names.map((tail) => head + item + tail)) };
}

function listRange(from: string, to: string, step: number): { names: string[] } | { fault: string } {
  const numeric = /^\d+$/.test(from);
  if (numeric !== /^\d+$/.test(to)) return { fault: "a range goes from number to number, or from letter to letter" };
  const value = (text: string) => (numeric ? Number(text) : (text.codePointAt(0) ?? 0));
  const [first, last] = [value(from), value(to)];
  if (step < 1) return { fault: "the step has to be 1 or more" };
  if (last < first) return { fault: "the range ends before it begins" };
  const size = Math.floor((last - first) / step) + 1;
  if (size > MAX_ROWS) return { fault: `stands for more than ${MAX_ROWS} hosts` };
  const word = (at: number) => (numeric ? String(at).padStart(from.startsWith("0") ? from.length : 0, "0") : String.fromCodePoint(at));
  return { names: Array.from({ length: size }, (_, index) => word(first + index * step)) };
}
