/** How a parameter is written in a definition. */

import { isObject, type Json, type Parameter, type ParameterType } from "../definition";

/** Parts of a schema that only some types know. */
const LIMITS = ["pattern", "min", "max", "values"];
const OWN_PARTS: Record<ParameterType, readonly string[]> = {
  string: ["pattern", "min", "max"],
  integer: ["min", "max"],
  boolean: [],
  enum: ["values"],
  secret: [],
};

/** A parameter with some parts changed, as short as it can be written. */
export function changedParameter(raw: unknown, now: Parameter, changes: Json): unknown {
  const type = (changes["type"] ?? now.type) as ParameterType;
  const strange = type === now.type ? [] : ["default", ...LIMITS.filter((part) => !OWN_PARTS[type].includes(part))];
  const whole: Json = { ...(isObject(raw) ? raw : { type: now.type, default: raw }), ...changes };
  const kept = Object.entries(whole).filter(([name, value]) => value !== undefined && !strange.includes(name));
  const plain = kept.every(([name]) => name === "type" || name === "default");
  const short = !isObject(raw) && plain && type !== "enum" && kept.some(([name]) => name === "default");
  return short ? whole["default"] : Object.fromEntries(kept);
}
