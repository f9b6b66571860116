/** Which targets use which credential. */

import { useMemo } from "react";
import { type Target, useTargets } from "@/api/targets";

/** Targets by the id of their credential; nothing until they are known. */
export function useUsage(): ReadonlyMap<number, Target[]> | undefined {
  const { data } = useTargets();
  return useMemo(() => data && usageOf(data), [data]);
}

/** Targets by the id of their credential. */
function usageOf(targets: readonly Target[]): Map<number, Target[]> {
  const usage = new Map<number, Target[]>();
  for (const target of targets) {
    const { credential_ref: id } = target;
    if (!id) continue;
    const known = usage.get(id);
    if (known) known.push(target);
    else usage.set(id, [target]);
  }
  return usage;
}
