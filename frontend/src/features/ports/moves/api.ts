import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { components } from "@/api/schema/port-manager";
import { PORT_KEYS } from "@/live/queries";

export type Move = components["schemas"]["Change"];
type Moves = components["schemas"]["Changes"];

/** Moves that are shown. */
const SHOWN = 200;

/** The last moves of a suite, newest first. */
export function useMoves(suite: string) {
  return useQuery({
    queryKey: [...PORT_KEYS.moves, suite],
    queryFn: async () => (await http.get<Moves>("/ports/changes", { params: { suite, limit: SHOWN } })).data.changes,
  });
}
