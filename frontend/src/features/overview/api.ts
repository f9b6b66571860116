import { useQueries, useQuery } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { components as Jobs } from "@/api/schema/jobs";
import type { components as Ports } from "@/api/schema/port-manager";
import { PORT_KEYS } from "@/live/queries";

export type Run = Jobs["schemas"]["Run"];
export type Activity = Jobs["schemas"]["Activity"];
type Statistics = Ports["schemas"]["Statistics"];
type Conflict = Ports["schemas"]["ConflictView"];

/** Milliseconds between two looks at runs, which nothing pushes yet. */
const RUNS_MS = 3_000;
/** Rows of the lists of the overview. */
const SHOWN = 8;

/** How runs went in the last 24 hours, and how many have not ended. */
export const useActivity = () =>
  useQuery({
    queryKey: ["overview", "activity"],
    queryFn: async () => (await http.get<Activity>("/v1/runs/activity")).data,
    refetchInterval: RUNS_MS,
  });

/** The newest runs. */
export const useLatestRuns = () =>
  useQuery({
    queryKey: ["overview", "runs"],
    queryFn: async () => (await http.get<Jobs["schemas"]["RunList"]>("/v1/runs", { params: { limit: SHOWN } })).data.runs,
    refetchInterval: RUNS_MS,
  });

/** One suite with its numbers and what is wrong there. */
export interface SuiteState {
  name: string;
  title: string;
  statistics: Statistics;
  conflicts: Conflict[];
}

/** All suites; events of the port manager keep them fresh. */
export function useSuiteStates() {
  const suites = useQuery({
    queryKey: ["ports", "suites", "overview"],
    queryFn: async () => (await http.get<Ports["schemas"]["SuiteList"]>("/suites")).data.suites,
    staleTime: 60_000,
  });
  const states = useQueries({
    queries: (suites.data ?? []).map(({ name, title }) => ({
      queryKey: [...PORT_KEYS.statistics, "overview", name],
      queryFn: async (): Promise<SuiteState> => {
        const params = { suite: name };
        const [statistics, conflicts] = await Promise.all([
          http.get<Ports["schemas"]["SuiteStatistics"]>("/ports/statistics", { params }),
          http.get<Ports["schemas"]["ConflictList"]>("/ports/conflicts", { params }),
        ]);
        return { name, title, statistics: statistics.data.statistics, conflicts: conflicts.data.conflicts };
      },
    })),
  });
  return {
    suites: states.flatMap((state) => state.data ?? []),
    loading: suites.isPending || states.some((state) => state.isPending),
    problem: suites.error ?? states.find((state) => state.error)?.error ?? null,
  };
}
