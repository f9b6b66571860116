import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { components } from "@/api/schema/executor";

export type Worker = components["schemas"]["WorkerAnswer"];

/** Milliseconds between two looks. */
const PERIOD_MS = 5_000;

/** How each service of the platform is; the gateway asks them. */
export const usePlatform = () =>
  useQuery({
    queryKey: ["system", "platform"],
    queryFn: async () => {
      // A platform that is not healthy says so with a status that is no failure here.
      const answer = await http.get<{ status: string; services: Record<string, string> }>("/health", {
        baseURL: "/",
        validateStatus: (status) => status === 200 || status === 503,
      });
      return answer.data;
    },
    refetchInterval: PERIOD_MS,
  });

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
