/** What is sent when a job is saved. */

import type { Job, JobChange } from "../api";
import { inOrder, type Json, textOf } from "../definition";

const withoutName = (definition: Json): Json => ({ ...definition, name: undefined });

/** Text that is the same for definitions that say the same, in whatever order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Whether two definitions say the same. */
const isSameDefinition = (a: Json, b: Json): boolean => canonical(a) === canonical(b);

/** The definition as the editor shows it: under the job's name. */
export const shownDefinition = (job: Job): Json => inOrder({ ...job.definition, name: job.name });

/**
 * What is changed of a job. The name alone makes no new version, so it then goes without the
 * definition, which holds it as well.
 */
export function changesOf(job: Job, definition: Json): JobChange {
  const name = textOf(definition["name"]).trim();
  const changed = !isSameDefinition(withoutName(definition), withoutName(job.definition));
  return {
    ...(name !== job.name && { name }),
    ...(changed && { definition: { ...definition, name } }),
  };
}
