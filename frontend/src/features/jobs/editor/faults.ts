/** What is wrong with a definition, by the part that is at fault. */

import type { FieldFault } from "@/api/problem";
import type { Json } from "../definition";
import type { Path } from "./source";

/** One thing wrong. */
export interface Fault {
  path: Path;
  /** What would be right. */
  detail: string;
  /** Something that is just not filled in yet. */
  missing?: true;
}

/** A part as the server names it, such as `definition.steps[0].target`. */
export function readPath(field: string): Path {
  return [...field.replace(/^definition\.?/, "").matchAll(/\[(\d+)\]|[^.[\]]+/g)].map((part) => (part[1] === undefined ? part[0] : Number(part[1])));
}

/** A part for people, such as "step 1, target". */
export function pathInWords(path: Path): string {
  return path
    .filter((part) => part !== "steps")
    .map((part) => (typeof part === "number" ? `step ${part + 1}` : part === "parameters" ? "parameter" : part))
    .join(", ")
    .replace("parameter, ", "parameter ");
}

/** The same part. */
export const isSame = (a: Path, b: Path): boolean => a.length === b.length && a.every((part, index) => part === b[index]);

/** Whether a part lies in another, or is that one. */
export const isWithin = (path: Path, whole: Path): boolean => whole.every((part, index) => path[index] === part);

/** What is at a part of a definition. */
function valueAt(definition: Json, path: Path): unknown {
  let value: unknown = definition;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** What the server refused, and the definition that it refused. */
export interface Refusal {
  errors: readonly FieldFault[];
  definition: Json;
}

/** The faults of a refusal that still hold: those of parts that were not changed since. */
export function stillHolds({ errors, definition }: Refusal, now: Json): Fault[] {
  return errors
    .map((error) => ({ path: readPath(error.field), detail: error.detail }))
    .filter(({ path }) => JSON.stringify(valueAt(definition, path)) === JSON.stringify(valueAt(now, path)));
}
