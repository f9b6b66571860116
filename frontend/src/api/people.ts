/** Names of people, where a service tells only their ids. */

import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { http } from "./http";
import type { components } from "./schema/users";

/** Gives the name of a person by id; who is no admin learns only their own. */
export function usePeople(): (id: string | number | null | undefined) => string {
  const { data } = useQuery({
    queryKey: ["users", "names"],
    staleTime: 60_000,
    queryFn: async () => {
      const params = { limit: 1000 };
      const answer = await http.get<components["schemas"]["UserList"]>("/v1/users", { params });
      return new Map(answer.data.users.map((user) => [String(user.id), user.username]));
    },
  });
  return useCallback((id) => (id === null || id === undefined ? "–" : (data?.get(String(id)) ?? `user ${id}`)), [data]);
}
