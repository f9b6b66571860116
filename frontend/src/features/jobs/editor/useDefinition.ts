import { useReducer } from "react";
import type { Json } from "../definition";
import { type LineFault, type Path, readSource, type Source, withItem, withItemMoved, withName, withValue } from "./source";

/** A definition that is being written, as YAML and as what it says. */
export interface Written {
  text: string;
  /** The last text that could be read: what the form shows. */
  source: Source;
  /** Why the text cannot be read, if so. */
  broken: readonly LineFault[];
}

/** Changes of a definition; each changes the YAML in place. */
export interface Edits {
  write: (text: string) => void;
  set: (path: Path, value: unknown) => void;
  add: (path: Path, item: Json) => void;
  /** To another place, or away. */
  move: (path: Path, from: number, to: number | null) => void;
  rename: (path: Path, before: string, after: string) => void;
}

const EMPTY: Source = { text: "", definition: {}, lineOf: () => 1 };

function read(written: Written | null, text: string): Written {
  const found = readSource(text);
  const source = written?.source ?? EMPTY;
  return Array.isArray(found) ? { text, source, broken: found } : { text, source: found, broken: [] };
}

/** One definition behind form and YAML. While the YAML cannot be read, the form stays as it was. */
export function useDefinition(start: string): [Written, Edits] {
  const [written, change] = useReducer(
    (before: Written, to: string | ((text: string) => string)) => {
      if (typeof to === "string") return read(before, to);
      // The form does not write over what somebody types.
      return before.broken.length > 0 ? before : read(before, to(before.text));
    },
    null,
    () => read(null, start),
  );
  return [
    written,
    {
      write: change,
      set: (path, value) => change((text) => withValue(text, path, value)),
      add: (path, item) => change((text) => withItem(text, path, item)),
      move: (path, from, to) => change((text) => withItemMoved(text, path, from, to)),
      rename: (path, before, after) => change((text) => withName(text, path, before, after)),
    },
  ];
}
