import { useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { components } from "@/api/schema/auth";
import { useUser } from "@/api/session";

export type SessionView = components["schemas"]["SessionView"];
const KEY = ["account", "sessions"] as const;

/** One's own sessions, newest first. */
export function useOwnSessions() {
  return useQuery({
    queryKey: KEY,
    queryFn: async () => (await http.get<components["schemas"]["SessionList"]>("/v1/auth/sessions")).data.sessions,
  });
}

/** What one can do with one's own account. */
export function useAccountActions() {
  const client = useQueryClient();
  const { id } = useUser();
  const reread = () => client.invalidateQueries({ queryKey: KEY });
  return {
    changePassword: async (current: string, next: string) => {
      await http.post(`/v1/users/${id}/password`, { current_password: current, new_password: next });
      await reread();
    },
    endSession: async (session: string) => {
      await http.delete(`/v1/auth/sessions/${session}`);
      await reread();
    },
    endAll: () => http.post("/v1/auth/revoke-all"),
  };
}
