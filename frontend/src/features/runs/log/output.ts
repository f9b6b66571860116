/** What a step printed, as the server tells it: ranges of lines, what holds a text, all of it. */

import { useInfiniteQuery, type UseInfiniteQueryResult } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { Problem } from "@/api/problem";
import type { components } from "@/api/schema/jobs";
import { saveFile } from "@/ui/file";

/** Lines of output, and how much there is in all. */
export type OutputLines = components["schemas"]["OutputLines"];
/** What is missing. */
export type Dropped = components["schemas"]["Dropped"];

/** Which streams are shown: all, or one. */
export type Shown = "" | "stdout" | "stderr";

/** Whose output it is. */
export interface StepOf {
  run: number;
  step: number;
}

/** Reads lines from `from` on; a negative number counts from the end. */
export type ReadLines = (wish: { from: number; lines: number; stream: Shown }) => Promise<OutputLines>;

const pathOf = ({ run, step }: StepOf): string => `/v1/runs/${run}/steps/${step}/output`;

/** Reads the output of a step. */
export const readerOf =
  (of: StepOf): ReadLines =>
  async ({ from, lines, stream }) => {
    const params = { from_line: from, lines, stream: stream || undefined };
    return (await http.get<OutputLines>(pathOf(of), { params })).data;
  };

/** Lines of one answer of a search. */
const HITS = 1000;

/** Numbers of the lines that hold a text, in order, and whether there are more. */
interface Hits {
  numbers: number[];
  more: boolean;
}

/** Looks for a text in the output of a step; `version` changes when there may be more to find. */
export function useHits(of: StepOf, stream: Shown, text: string, version: string): UseInfiniteQueryResult<Hits, Problem> {
  return useInfiniteQuery({
    queryKey: ["runs", "search", of.run, of.step, stream, text, version],
    queryFn: async ({ pageParam: from, signal }) => {
      const params = { from_line: from, lines: HITS, stream: stream || undefined, q: text };
      const { data } = await http.get<OutputLines>(pathOf(of), { params, signal });
      return { numbers: data.lines.map((line) => line.number), next: data.next_line ?? undefined };
    },
    initialPageParam: 1,
    getNextPageParam: (last) => last.next,
    select: ({ pages }): Hits => ({
      numbers: [...new Set(pages.flatMap((page) => page.numbers))],
      more: pages.at(-1)?.next !== undefined,
    }),
    enabled: text !== "",
    staleTime: Infinity,
  });
}

/** All of it, as the file that the server makes. */
export async function readWhole(of: StepOf, stream: Shown): Promise<Blob> {
  const params = { stream: stream || undefined };
  return (await http.get<Blob>(`${pathOf(of)}/download`, { params, responseType: "blob", timeout: 0 })).data;
}

/** Saves all of it as a file. */
export async function saveWhole(of: StepOf, stream: Shown, name: string): Promise<void> {
  saveFile(name, await readWhole(of, stream));
}
