/** Targets, as all pages that name them read them. */

import type { UseQueryResult } from "@tanstack/react-query";
import { http } from "./http";
import type { Problem } from "./problem";
import { useWholeList } from "./queries";
import type { components } from "./schema/targets";

type Schemas = components["schemas"];

/** Free options and notes of a target; the services' document does not say what they hold. */
export type Metadata = Record<string, unknown>;
export type Target = Omit<Schemas["Target"], "metadata"> & { metadata: Metadata };
export type Protocol = Schemas["Protocol"];

/** First part of the keys of all answers about targets. */
export const TARGETS_KEY = ["targets"] as const;

/** All targets. */
export function useTargets(): UseQueryResult<Target[], Problem> {
  return useWholeList([...TARGETS_KEY, "all"], async (params) => {
    const { data } = await http.get<{ targets: Target[]; total: number }>("/v1/targets", { params });
    return { rows: data.targets, total: data.total };
  });
}
