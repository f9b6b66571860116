import { type UseQueryResult, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { Problem } from "@/api/problem";
import { useWholeList } from "@/api/queries";
import type { components } from "@/api/schema/users";

export type User = components["schemas"]["User"];
export type NewUser = components["schemas"]["CreateUser"];
export type UserChanges = components["schemas"]["ChangeUser"];

const KEY = ["users"] as const;

/** All people. */
export function useUsers(): UseQueryResult<User[], Problem> {
  return useWholeList(KEY, async (params) => {
    const { data } = await http.get<components["schemas"]["UserList"]>("/v1/users", { params });
    return { rows: data.users, total: data.total };
  });
}

/** What can be done with people; the list is read anew after each. */
export function useUserActions() {
  const client = useQueryClient();
  const after = async <T>(call: Promise<T>): Promise<void> => {
    await call;
    await client.invalidateQueries({ queryKey: KEY });
  };
  return {
    create: (user: NewUser) => after(http.post("/v1/users", user)),
    change: (id: number, changes: UserChanges) => after(http.put(`/v1/users/${id}`, changes)),
    setPassword: (id: number, password: string) =>
      after(http.post(`/v1/users/${id}/password`, { new_password: password })),
    remove: (id: number) => after(http.delete(`/v1/users/${id}`)),
  };
}
