/** The values of a run as its dialog holds them, and as they are sent. */

import type { Parameter } from "./definition";

/** What a field of the dialog holds. */
export type FieldValue = string | number | boolean;

/** What the fields show at first; `given` are the values of an earlier run. */
export function startValues(parameters: readonly Parameter[], given: Record<string, unknown> = {}): Record<string, FieldValue> {
  return Object.fromEntries(parameters.map((one) => [one.name, asField(one, given[one.name] ?? one.default)]));
}

function asField({ type }: Parameter, value: unknown): FieldValue {
  if (type === "boolean") return value === true;
  return typeof value === "number" ? value : typeof value === "string" ? value : "";
}

/** What is sent: an optional field that is empty and has no default is left out. */
export function sentValues(parameters: readonly Parameter[], values: Record<string, FieldValue>): Record<string, FieldValue> {
  const sent: Record<string, FieldValue> = {};
  for (const { name, type, default: usual } of parameters) {
    const value = values[name];
    if (value === undefined) continue;
    if (value === "" && (usual === undefined || type === "integer" || type === "enum")) continue;
    sent[name] = value;
  }
  return sent;
}

/** What is wrong with a value, in words; the server knows more, such as patterns. */
export function faultOf(parameter: Parameter, value: FieldValue | undefined): string | null {
  const { type, required, min, max } = parameter;
  if (value === undefined || value === "") return required ? "Is needed" : null;
  if (type === "integer") {
    const number = Number(value);
    if (!Number.isInteger(number)) return "A whole number";
    return outside(number, min, max) ? `A whole number ${range(min, max)}` : null;
  }
  if (type === "secret") return String(value).length < SHORTEST_SECRET ? `At least ${SHORTEST_SECRET} characters` : null;
  if (type === "string" && typeof value === "string") {
    return outside([...value].length, min, max) ? `${range(min, max)} characters`.replace(/^./, (first) => first.toUpperCase()) : null;
  }
  return null;
}

/** Fewest characters of a secret: shorter ones cannot be hidden in output. */
const SHORTEST_SECRET = 4;

const outside = (number: number, min: number | undefined, max: number | undefined): boolean =>
  (min !== undefined && number < min) || (max !== undefined && number > max);

function range(min: number | undefined, max: number | undefined): string {
  if (min === undefined) return `at most ${max}`;
  return max === undefined ? `at least ${min}` : `from ${min} to ${max}`;
}
