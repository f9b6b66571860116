import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Credential, CREDENTIALS_KEY, type CredentialType } from "@/api/credentials";
import { http } from "@/api/http";
import { Problem, toProblem } from "@/api/problem";
import type { components } from "@/api/schema/credentials";

type Schemas = components["schemas"];
export type Access = Schemas["Access"];
/** The fields of a secret by name; the services' document does not list them. */
export type SecretData = Record<string, string>;
type NewCredential = Omit<Schemas["CreateCredential"], "credential_data"> & { credential_data: SecretData };
/** Changes of what is no secret. */
export type Changes = Pick<Schemas["UpdateCredential"], "name" | "description">;

/** Rows of one page of what grows for ever. */
const PAGE = 50;
const one = (id: number) => [...CREDENTIALS_KEY, "one", id] as const;

/** One credential, without its secret. */
export function useCredential(id: number) {
  return useQuery({ queryKey: one(id), queryFn: async () => (await http.get<Credential>(`/v1/credentials/${id}`)).data });
}

/** When a credential got a new secret, and from whom; newest first, page by page. */
export function useVersions(id: number) {
  return useInfiniteQuery({
    queryKey: [...CREDENTIALS_KEY, "versions", id],
    initialPageParam: 0,
    queryFn: async ({ pageParam: skip }) => {
      const params = { skip, limit: PAGE };
      return (await http.get<Schemas["VersionList"]>(`/v1/credentials/${id}/versions`, { params })).data;
    },
    getNextPageParam: ({ total }, pages) => nextOf(pages.map((page) => page.versions.length), total),
  });
}

/** Who got the secret and what for; newest first, page by page. */
export function useAccesses(id: number) {
  return useInfiniteQuery({
    queryKey: [...CREDENTIALS_KEY, "accesses", id],
    initialPageParam: 0,
    queryFn: async ({ pageParam: skip }) => {
      const params = { skip, limit: PAGE };
      return (await http.get<Schemas["AccessList"]>(`/v1/credentials/${id}/access-log`, { params })).data;
    },
    getNextPageParam: ({ total }, pages) => nextOf(pages.map((page) => page.accesses.length), total),
  });
}

function nextOf(sizes: readonly number[], total: number): number | undefined {
  const read = sizes.reduce((sum, size) => sum + size, 0);
  return read < total && sizes.at(-1) !== 0 ? read : undefined;
}

/** The answer of a call; a taken name is a fault of the field. */
async function call<T>(answer: Promise<{ data: T }>): Promise<T> {
  try {
    return (await answer).data;
  } catch (failure) {
    const { status, code, detail, errors, requestId, retryAfter } = toProblem(failure);
    const own = code === "credentials.name_taken" ? [{ field: "name", code: "taken", detail }] : errors;
    throw new Problem(status, code, detail, own, requestId, retryAfter);
  }
}

/** What can be done with credentials; what they change is read anew. Secrets go to no cache. */
export function useCredentialActions() {
  const client = useQueryClient();
  const after = async <T>(done: Promise<T>): Promise<T> => {
    const answer = await done;
    await client.invalidateQueries({ queryKey: CREDENTIALS_KEY });
    return answer;
  };
  return {
    create: (credential: NewCredential) => after(call(http.post<Credential>("/v1/credentials", credential))),
    change: (id: number, changes: Changes) => after(call(http.put<Credential>(`/v1/credentials/${id}`, changes))),
    rotate: (id: number, payload: SecretData) =>
      after(call(http.post<Schemas["Rotated"]>(`/v1/credentials/${id}/rotate`, { payload }))),
    /** Removes one and reads the list anew; not itself, which its page would miss. */
    remove: async (id: number) => {
      await http.delete(`/v1/credentials/${id}`);
      await client.invalidateQueries({ queryKey: [...CREDENTIALS_KEY, "all"] });
    },
    reveal: (id: number, reason: string) =>
      after(call(http.get<{ credential_data: SecretData; version: number }>(`/v1/credentials/${id}/decrypt`, { params: { reason } }))),
  };
}

/** What a type of credential is for. */
export const TYPE_USES: Record<CredentialType, string> = {
  ssh: "Unix: key or password",
  winrm: "Windows: password",
  api_key: "HTTP: in a header",
};
