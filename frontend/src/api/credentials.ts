/** Credentials, as all pages that name them read them; secrets are never part of them. */

import type { UseQueryResult } from "@tanstack/react-query";
import { http } from "./http";
import type { Problem } from "./problem";
import { useWholeList } from "./queries";
import type { components } from "./schema/credentials";
import type { Protocol } from "./targets";

type Schemas = components["schemas"];

export type Credential = Schemas["Credential"];
export type CredentialType = Schemas["CredentialType"];

/** First part of the keys of all answers about credentials. */
export const CREDENTIALS_KEY = ["credentials"] as const;

/** The type of credential that opens a target of a protocol. */
export const FITTING: Record<Protocol, CredentialType> = { ssh: "ssh", winrm: "winrm", http: "api_key" };

/** What people call the types. */
export const TYPE_WORDS: Record<CredentialType, string> = { ssh: "SSH", winrm: "WinRM", api_key: "API key" };

/** All credentials. */
export function useCredentials(): UseQueryResult<Credential[], Problem> {
  return useWholeList([...CREDENTIALS_KEY, "all"], async (params) => {
    const { data } = await http.get<Schemas["CredentialList"]>("/v1/credentials", { params });
    return { rows: data.credentials, total: data.total };
  });
}
