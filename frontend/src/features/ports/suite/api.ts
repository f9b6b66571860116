import { useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { components } from "@/api/schema/port-manager";
import { after } from "../api";
import type { Suite } from "../suites";

type Schemas = components["schemas"];

/** What can be done with suites; all that is about ports is read anew after each. */
export function useSuiteActions() {
  const client = useQueryClient();
  const path = (suite: string) => `/suites/${encodeURIComponent(suite)}`;
  return {
    create: (suite: Schemas["CreateSuite"]) => after(client, http.post<Suite>("/suites", suite)),
    change: (suite: string, changes: Schemas["ChangeSuite"]) => after(client, http.put<Suite>(path(suite), changes)),
    remove: (suite: string) => after(client, http.delete<Schemas["Message"]>(path(suite))),
  };
}
