/** The YAML of a definition: what it means, where its parts are, and how it is changed in place. */

import { type Document, isCollection, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, Scalar, YAMLMap } from "yaml";
import { DEFINITION_ORDER, isObject, type Json, STEP_ORDER } from "../definition";
import { STYLE } from "../yaml";

/** Where a part is, from the definition on, such as `["steps", 0, "target"]`. */
export type Path = readonly (string | number)[];

/** Something wrong at a line, counted from 1. */
export interface LineFault {
  line: number;
  message: string;
}

/** What a text says. */
export interface Source {
  text: string;
  definition: Json;
  /** The line of a part, or of the nearest one around it. */
  lineOf: (path: Path) => number;
}

/** Reads a text; answers with faults if it is no YAML of one object. */
export function readSource(text: string): Source | LineFault[] {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines });
  if (doc.errors.length > 0) {
    return doc.errors.map((error) => ({ line: error.linePos?.[0].line ?? 1, message: firstLine(error.message) }));
  }
  try {
    const definition: unknown = doc.toJS() ?? {};
    if (!isObject(definition)) return [{ line: 1, message: "A definition has names and values, such as name: restart web" }];
    return { text, definition, lineOf: (path) => lines.linePos(offsetOf(doc, path)).line };
  } catch (failure) {
    return [{ line: 1, message: failure instanceof Error ? failure.message : String(failure) }];
  }
}

const firstLine = (message: string): string => message.replace(/ at line \d+, column \d+:[\s\S]*$/, "");

function offsetOf(doc: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const found: unknown = doc.getIn(path.slice(0, length), true);
    if (isNode(found) && found.range) return found.range[0];
  }
  return 0;
}

/** The text with one part set, or taken away where the value is undefined. All else stays, comments included. */
export function withValue(text: string, path: Path, value: unknown): string {
  return changed(text, (doc) => {
    if (value === undefined) {
      doc.deleteIn(path);
      return;
    }
    const before: unknown = doc.getIn(path, true);
    if (isScalar(before) && (typeof value !== "object" || value === null)) {
      // A text of several lines needs another style than one of a single line.
      if (String(before.value).includes("\n") !== String(value).includes("\n")) delete before.type;
      if (typeof before.value !== typeof value) delete before.type;
      before.value = value;
      delete before.source;
    } else {
      doc.setIn(path, doc.createNode(value));
      if (before === undefined) putInOrder(doc, path);
    }
  });
}

/** Moves a new field to where people look for it. */
function putInOrder(doc: Document, path: Path): void {
  const map: unknown = doc.getIn(path.slice(0, -1), true);
  const order = path.length === 1 ? DEFINITION_ORDER : path[0] === "steps" && path.length === 3 ? STEP_ORDER : [];
  const place = order.indexOf(String(path.at(-1)));
  if (place < 0 || !isMap(map)) return;
  const later = map.items.findIndex(({ key }) => order.indexOf(isScalar(key) ? String(key.value) : String(key)) > place);
  const added = map.items.pop();
  if (added) map.items.splice(later < 0 ? map.items.length : later, 0, added);
}

/** The text with one more item at the end of a list. */
export function withItem(text: string, path: Path, item: Json): string {
  return changed(text, (doc) => {
    const list: unknown = doc.getIn(path, true);
    if (isSeq(list)) {
      list.flow = false;
      list.add(doc.createNode(item));
    } else {
      doc.setIn(path, doc.createNode([item]));
    }
  });
}

/** The text with an item of a list at another place, or taken away. */
export function withItemMoved(text: string, path: Path, from: number, to: number | null): string {
  return changed(text, (doc) => {
    const list: unknown = doc.getIn(path, true);
    if (!isSeq(list)) return;
    const [item] = list.items.splice(from, 1);
    if (to !== null) list.items.splice(to, 0, item);
  });
}

/** The text with a name in an object changed; the value and its place stay. */
export function withName(text: string, path: Path, before: string, after: string): string {
  return changed(text, (doc) => {
    const map: unknown = doc.getIn(path, true);
    if (!isMap(map)) return;
    const pair = map.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === before);
    if (pair) pair.key = new Scalar(after);
  });
}

function changed(text: string, change: (doc: Document) => void): string {
  const doc: Document = parseDocument(text);
  if (!isCollection(doc.contents)) doc.contents = new YAMLMap();
  change(doc);
  // Without one, it would be written as `{}`.
  const parameters: unknown = doc.get("parameters", true);
  if (isMap(parameters) && parameters.items.length === 0) doc.delete("parameters");
  return doc.toString(STYLE);
}
