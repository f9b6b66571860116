import { useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { components } from "@/api/schema/port-manager";
import { PORT_KEYS } from "@/live/queries";

export type Conflict = components["schemas"]["ConflictView"];
export type Kind = components["schemas"]["Kind"];
export type Severity = components["schemas"]["Severity"];
export type Opinion = components["schemas"]["Opinion"];
export type Resolutions = components["schemas"]["Resolutions"];
export type Resolution = components["schemas"]["ResolutionView"];
type ConflictList = components["schemas"]["ConflictList"];

/** A move of a running service takes seconds, and a plan may have many. */
const RESOLVING_MS = 300_000;

/** What is wrong now, suppressed ones as well, worst first. */
export function useConflicts(suite: string) {
  return useQuery({
    queryKey: [...PORT_KEYS.conflicts, suite, "now"],
    queryFn: async () => {
      const { data } = await http.get<ConflictList>("/ports/conflicts", { params: { suite, suppressed: true } });
      return data.conflicts;
    },
  });
}

/** What was wrong at some time, newest first; only while it is looked at. */
export function useConflictHistory(suite: string, enabled: boolean) {
  return useQuery({
    queryKey: [...PORT_KEYS.conflicts, suite, "history"],
    queryFn: async () => (await http.get<ConflictList>("/ports/conflicts/history", { params: { suite } })).data.conflicts,
    enabled,
  });
}

/** Moves that would solve what moves can solve. */
export function useResolutionPlan(suite: string, enabled: boolean) {
  return useQuery({
    queryKey: [...PORT_KEYS.conflicts, suite, "plan"],
    queryFn: async () => {
      const params = { suite, dry_run: true };
      return (await http.post<Resolutions>("/ports/resolve-conflicts", undefined, { params })).data;
    },
    enabled,
  });
}

/** What can be done about conflicts; all that is about ports is read anew after each. */
export function useConflictActions(suite: string) {
  const client = useQueryClient();
  const reread = () => client.invalidateQueries({ queryKey: ["ports"] });
  return {
    note: async (fingerprint: string, state: Opinion, note: string) => {
      await http.put("/ports/conflicts", { fingerprint, state, note, suite });
      await reread();
    },
    look: async () => {
      const { data } = await http.post<ConflictList>("/ports/scan", undefined, { params: { suite } });
      await reread();
      return data.conflicts;
    },
    resolve: async () => {
      try {
        const options = { params: { suite }, timeout: RESOLVING_MS };
        return (await http.post<Resolutions>("/ports/resolve-conflicts", undefined, options)).data;
      } finally {
        await reread();
      }
    },
  };
}
