/** Runs, as pages of more than one feature ask for them. */

import {
  keepPreviousData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useQuery,
  type UseQueryResult,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { http } from "./http";
import type { Problem } from "./problem";
import type { components } from "./schema/jobs";

export type Run = components["schemas"]["Run"];
export type RunStatus = components["schemas"]["RunStatus"];
/** One step of a run on one target. */
export type RunStep = components["schemas"]["Step"];
/** What a person says became of a step whose executor was lost. */
export type Decision = components["schemas"]["Decision"];

/** What of a run is repeated. */
export type RepeatScope = components["schemas"]["Scope"];

/** Which runs; all unless said. */
export interface RunFilter {
  status?: RunStatus | undefined;
  job_id?: number | undefined;
}

/** Runs that are loaded, and how many there are. */
export interface RunRows {
  rows: Run[];
  total: number;
}

const KEY = ["runs"] as const;
/** Runs in one answer. */
const PAGE = 100;
/** Milliseconds between two looks while something moves, and while something waits for a person. */
const MOVING_MS = 2_000;
const WAITING_MS = 10_000;

/** Whether a run goes on without anybody. */
export const isMoving = (status: string): boolean => status === "queued" || status === "running";

/** How soon to look again at what the server does not push. */
function nextLook(states: readonly string[], slower = 1): number | false {
  if (states.some(isMoving)) return MOVING_MS * slower;
  return states.some((state) => state === "needs_attention" || state === "unknown") ? WAITING_MS : false;
}

async function readRuns(params: RunFilter & { skip: number; limit: number }): Promise<components["schemas"]["RunList"]> {
  const { data } = await http.get<components["schemas"]["RunList"]>("/v1/runs", { params });
  return data;
}

/** Runs, newest first, page by page. */
export function useRunPages(filter: RunFilter): UseInfiniteQueryResult<RunRows, Problem> {
  return useInfiniteQuery({
    queryKey: [...KEY, "pages", filter],
    queryFn: ({ pageParam: skip }) => readRuns({ ...filter, skip, limit: PAGE }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const loaded = pages.length * PAGE;
      return loaded < last.total ? loaded : undefined;
    },
    select: ({ pages }): RunRows => {
      // A run that came in between shifts the pages: what was pushed over the edge is there twice.
      const byId = new Map(pages.flatMap((page) => page.runs).map((run) => [run.id, run]));
      return { rows: [...byId.values()], total: pages.at(-1)?.total ?? 0 };
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      nextLook(data?.pages.flatMap((page) => page.runs.map((run) => run.status)) ?? [], data?.pages.length),
  });
}

/** The last few runs of a job. */
export function useLastRuns(job: number, limit: number): UseQueryResult<RunRows, Problem> {
  return useQuery({
    queryKey: [...KEY, "last", job, limit],
    queryFn: async () => {
      const { runs, total } = await readRuns({ job_id: job, skip: 0, limit });
      return { rows: runs, total };
    },
    refetchInterval: ({ state: { data } }) => nextLook(data?.rows.map((run) => run.status) ?? []),
  });
}

/** How a query is kept up to date. */
interface Watched {
  enabled?: boolean;
  /** Events of the run come in: nothing has to be asked again. */
  pushed?: boolean;
}

/** One run. */
export function useRun(id: number, { enabled = true, pushed = false }: Watched = {}): UseQueryResult<Run, Problem> {
  return useQuery({
    queryKey: [...KEY, "one", id],
    queryFn: async () => (await http.get<Run>(`/v1/runs/${id}`)).data,
    enabled,
    refetchInterval: ({ state: { data } }) => {
      // What becomes of another run is not pushed, and why a run waits neither.
      if (data?.is_being_undone) return MOVING_MS;
      if (pushed) return data?.status === "queued" || data?.waiting?.length ? WAITING_MS : false;
      return nextLook(data ? [data.status] : []);
    },
  });
}

/** The steps of a run in order, without their output. */
export function useRunSteps(id: number, { enabled = true, pushed = false }: Watched = {}): UseQueryResult<RunStep[], Problem> {
  return useQuery({
    queryKey: [...KEY, "steps", id],
    queryFn: async () => (await http.get<RunStep[]>(`/v1/runs/${id}/steps`, { params: { output: "none" } })).data,
    enabled,
    refetchInterval: ({ state: { data } }) => (pushed ? false : nextLook(data?.map((step) => step.status) ?? [], data && data.length > 500 ? 5 : 1)),
  });
}

/** What is known of a run, to be changed by what happens in it. */
export interface KnownRun {
  changeSteps: (change: (steps: RunStep[]) => RunStep[]) => void;
  changeRun: (change: (run: Run) => Run) => void;
  /** Whether the steps are being read: what happens meanwhile may be in the answer or not. */
  isReading: () => boolean;
  /** Reads all of it anew. */
  refresh: () => void;
  /** Reads only the run anew, not its steps. */
  refreshRun: () => void;
}

/** Access to what is known of a run. */
export function useKnownRun(id: number): KnownRun {
  const client = useQueryClient();
  return useMemo(() => {
    const one = [...KEY, "one", id];
    const steps = [...KEY, "steps", id];
    return {
      changeSteps: (change) => client.setQueryData<RunStep[]>(steps, (known) => known && change(known)),
      changeRun: (change) => client.setQueryData<Run>(one, (known) => known && change(known)),
      isReading: () => client.isFetching({ queryKey: steps, exact: true }) > 0,
      refresh: () => {
        void client.invalidateQueries({ queryKey: one });
        void client.invalidateQueries({ queryKey: steps });
      },
      refreshRun: () => void client.invalidateQueries({ queryKey: one }),
    };
  }, [client, id]);
}

/** What can be done with runs; what is known of them is read anew after each. */
export function useRunActions() {
  const client = useQueryClient();
  const after = async (call: Promise<{ data: Run }>): Promise<Run> => {
    const { data } = await call;
    client.setQueryData([...KEY, "one", data.id], data);
    await client.invalidateQueries({ queryKey: KEY });
    return data;
  };
  return {
    /** The same key never starts a second run: an answer that got lost can be asked for again. */
    start: (job: number, parameters: Record<string, unknown>, key: string) =>
      after(http.post(`/v1/jobs/${job}/run`, parameters, { headers: { "Idempotency-Key": key } })),
    /** Repeats a run that is over; the same key never does so twice. */
    repeat: (id: number, scope: RepeatScope, key: string) =>
      after(http.post(`/v1/runs/${id}/repeat`, { scope }, { headers: { "Idempotency-Key": key } })),
    /** Undoes what a run that is over has done. */
    undo: (id: number) => after(http.post(`/v1/runs/${id}/undo`)),
    cancel: (id: number) => after(http.post(`/v1/runs/${id}/cancel`)),
    cancelStep: (id: number, step: number) => after(http.post(`/v1/runs/${id}/steps/${step}/cancel`)),
    cancelTarget: (id: number, target: number) => after(http.post(`/v1/runs/${id}/targets/${target}/cancel`)),
    resolve: (id: number, step: number, decision: Decision) =>
      after(http.post(`/v1/runs/${id}/steps/${step}/resolve`, { decision })),
  };
}
