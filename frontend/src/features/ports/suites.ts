/** Suites: groups of services that share a range of ports. */

import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { components } from "@/api/schema/port-manager";
import { useFilters } from "@/ui/url";

export type Suite = components["schemas"]["SuiteView"];

/** The suite that is shown when the address names none. */
export const DEFAULT_SUITE = "itechsmart";
const SUITES_KEY = ["ports", "suites"] as const;

/** All suites, by name. */
export function useSuites() {
  return useQuery({
    queryKey: SUITES_KEY,
    queryFn: async () => (await http.get<components["schemas"]["SuiteList"]>("/suites")).data.suites,
    staleTime: 60_000,
  });
}

/** The suite that the address names, and how to go to another one. */
export function useSuite(): [string, (suite: string) => void] {
  const [{ suite }, change] = useFilters({ suite: DEFAULT_SUITE });
  return [suite, (next) => change({ suite: next })];
}

/** A place of this feature that shows the same suite. */
export function inSuite(path: string, suite: string): string {
  if (suite === DEFAULT_SUITE) return path;
  return `${path}${path.includes("?") ? "&" : "?"}suite=${encodeURIComponent(suite)}`;
}
