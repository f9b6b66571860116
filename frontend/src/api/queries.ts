/** How server state is kept: one cache for all pages. */

import {
  keepPreviousData,
  QueryClient,
  useQuery,
  type UseQueryOptions,
  type UseQueryResult,
} from "@tanstack/react-query";
import { onHealed } from "./connection";
import type { Problem } from "./problem";

/** Tries of a request that got no answer, or a service that was away. */
const MAX_TRIES = 3;
/** Most rows of one answer. */
const CHUNK = 1000;

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: Problem;
  }
}

/** The cache. A refusal is final, an outside fault is tried again. */
export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (tries, problem) => problem.isPassing && tries < MAX_TRIES,
        retryDelay: (tries) => Math.min(500 * 2 ** tries, 5_000),
        // Whether there is a network says nothing about a server on this machine.
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
  onHealed(() => void client.invalidateQueries());
  return client;
}

/** One page of a list, and how many rows there are in all. */
export interface Chunk<T> {
  rows: T[];
  total: number;
}

/**
 * A list as a whole, read in chunks, so that pages can sort and search all of it at once.
 * For lists that people make (targets, jobs), not for those that grow for ever (runs, audit).
 */
export function useWholeList<T>(
  key: readonly unknown[],
  read: (page: { skip: number; limit: number }) => Promise<Chunk<T>>,
  options: Pick<UseQueryOptions, "refetchInterval" | "enabled"> = {},
): UseQueryResult<T[], Problem> {
  return useQuery<T[], Problem>({
    queryKey: key,
    queryFn: async () => {
      const rows: T[] = [];
      for (;;) {
        const chunk = await read({ skip: rows.length, limit: CHUNK });
        rows.push(...chunk.rows);
        if (chunk.rows.length === 0 || rows.length >= chunk.total) return rows;
      }
    },
    placeholderData: keepPreviousData,
    enabled: options.enabled as boolean | undefined,
    refetchInterval: options.refetchInterval as number | false | undefined,
  });
}
