import { useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/http";
import { useWholeList } from "@/api/queries";
import type { components } from "@/api/schema/auth";
import type { components as users } from "@/api/schema/users";

export type SessionView = components["schemas"]["SessionView"];
export type Lockout = components["schemas"]["LockoutView"];
export type Person = Pick<users["schemas"]["User"], "id" | "username">;

const KEY = ["sessions"] as const;
/** People whose sessions are shown together: the service tells them one by one. */
export const TOGETHER = 40;
/** Milliseconds between two looks at who has to wait; nothing tells of it. */
const LOCKOUTS_MS = 10_000;
/** Requests at a time. */
const AT_ONCE = 6;

/** All people, by name. */
export function usePeople() {
  return useWholeList<Person>([...KEY, "people"], async (params) => {
    const { data } = await http.get<users["schemas"]["UserList"]>("/v1/users", { params });
    return { rows: data.users, total: data.total };
  });
}

/** Sessions of some people. */
export function useSessions(people: readonly number[], enabled: boolean) {
  return useQuery({
    queryKey: [...KEY, "list", people],
    queryFn: async () => {
      const found: SessionView[] = [];
      for (let first = 0; first < people.length; first += AT_ONCE) {
        const some = await Promise.all(people.slice(first, first + AT_ONCE).map(readSessions));
        found.push(...some.flat());
      }
      return found;
    },
    enabled,
  });
}

async function readSessions(user_id: number): Promise<SessionView[]> {
  const params = { user_id, limit: 1000 };
  return (await http.get<components["schemas"]["SessionList"]>("/v1/auth/sessions", { params })).data.sessions;
}

/** Names that have to wait before the next try; they come and go by themselves. */
export function useLockouts() {
  return useWholeList<Lockout>(
    [...KEY, "lockouts"],
    async (params) => {
      const { data } = await http.get<components["schemas"]["LockoutList"]>("/v1/auth/lockouts", { params });
      return { rows: data.lockouts, total: data.total };
    },
    { refetchInterval: LOCKOUTS_MS },
  );
}

/** What can be done; what it changes is read anew. */
export function useSessionActions() {
  const client = useQueryClient();
  const after = async (calls: readonly Promise<unknown>[]): Promise<void> => {
    try {
      await Promise.all(calls);
    } finally {
      await client.invalidateQueries({ queryKey: KEY });
    }
  };
  return {
    end: (ids: readonly string[]) => after(ids.map((id) => http.delete(`/v1/auth/sessions/${id}`))),
    lift: (username: string) => after([http.delete(`/v1/auth/lockouts/${encodeURIComponent(username)}`)]),
    rotate: async () => (await http.post<components["schemas"]["KeyRotation"]>("/v1/auth/keys/rotate")).data,
  };
}
