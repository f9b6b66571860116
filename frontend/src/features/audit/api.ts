import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { components, operations } from "@/api/schema/users";

export type Entry = components["schemas"]["Record"];
export type Verification = components["schemas"]["Verification"];
type EntryList = components["schemas"]["EntryList"];
type Query = NonNullable<operations["list_entries"]["parameters"]["query"]>;
/** Which entries; an empty text does not matter. */
export type Filters = Record<Exclude<keyof Query, "skip" | "limit">, string>;

const KEY = ["audit"] as const;
/** Entries of one page. */
const PAGE = 100;
/** Entries of one answer when all are read. */
const CHUNK = 1000;
/** Entries of an export at most. */
const MOST = 50_000;
/** Going through a long log takes a while. */
const VERIFYING_MS = 300_000;

const wanted = (filters: Filters) => Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ""));

async function read(filters: Filters, skip: number, limit: number): Promise<EntryList> {
  return (await http.get<EntryList>("/v1/audit", { params: { ...wanted(filters), skip, limit } })).data;
}

/** Entries that fit, the newest first, page by page. */
export function useEntries(filters: Filters) {
  return useInfiniteQuery({
    queryKey: [...KEY, "entries", filters],
    queryFn: ({ pageParam }) => read(filters, pageParam, PAGE),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const skip = pages.reduce((sum, page) => sum + page.entries.length, 0);
      return last.entries.length > 0 && skip < last.total ? skip : undefined;
    },
    select: ({ pages }) => ({ entries: onceEach(pages.flatMap((page) => page.entries)), total: pages[0]?.total ?? 0 }),
  });
}

/** New entries push older ones into the next page: none is shown twice. */
export function onceEach(entries: readonly Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
}

/** All entries that fit, up to `MOST`, as JSON lines. */
export async function exportEntries(filters: Filters): Promise<{ text: string; count: number; total: number }> {
  let entries: Entry[] = [];
  let [skip, total] = [0, 0];
  do {
    const chunk = await read(filters, skip, CHUNK);
    if (chunk.entries.length === 0) break;
    skip += chunk.entries.length;
    total = chunk.total;
    entries = onceEach([...entries, ...chunk.entries]);
  } while (skip < total && entries.length < MOST);
  return { text: entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), count: entries.length, total };
}

/** The end of the chain. */
export function useHead() {
  return useQuery({
    queryKey: [...KEY, "head"],
    queryFn: async () => (await http.get<components["schemas"]["HeadState"]>("/v1/audit/head")).data,
  });
}

/** Goes through the whole log. */
export async function verify(): Promise<Verification> {
  return (await http.get<Verification>("/v1/audit/verify", { timeout: VERIFYING_MS })).data;
}
