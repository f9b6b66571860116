import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { components } from "@/api/schema/executor";

export type Worker = components["schemas"]["WorkerAnswer"];

/** Milliseconds between two looks. */
const PERIOD_MS = 5_000;

/** Programs that carry out steps. */
export const useWorkers = () =>
  useQuery({
    queryKey: ["system", "workers"],
    queryFn: async () => (await http.get<components["schemas"]["WorkerList"]>("/v1/workers")).data.workers,
    refetchInterval: PERIOD_MS,
  });

/** What waits for them. */
export const useQueue = () =>
  useQuery({
    queryKey: ["system", "queue"],
    queryFn: async () => (await http.get<components["schemas"]["StatusAnswer"]>("/v1/executor/status")).data,
    refetchInterval: PERIOD_MS,
  });
