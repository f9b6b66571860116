/** What happened lately, read once and then heard. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { http } from "@/api/http";
import type { components } from "@/api/schema/port-manager";
import { type PortEvent, type ToldEvent, usePortEvents } from "@/live/ports";

type Events = components["schemas"]["Events"];

/** Events that are kept. */
const KEPT = 200;
/** Not below "ports": an event that comes in is added and need not be asked for. */
const KEY = ["port-events"] as const;

/** The last events of all suites, newest first. */
export function useRecentEvents() {
  const client = useQueryClient();
  usePortEvents(
    useCallback(
      (event) => {
        if (event.type === "resync") void client.invalidateQueries({ queryKey: KEY });
        else if (isTold(event)) client.setQueryData<ToldEvent[]>(KEY, (before) => before && added(before, event));
      },
      [client],
    ),
  );
  return useQuery({ queryKey: KEY, queryFn: readEvents, staleTime: 0 });
}

const isTold = (event: PortEvent): event is ToldEvent =>
  event.type === "port_change" || event.type === "service_status" || event.type === "conflicts_detected";

/** Events with one more; one that is known stays as it is. */
export function added(before: ToldEvent[], event: ToldEvent): ToldEvent[] {
  if (before.some((one) => one.seq === event.seq)) return before;
  return [event, ...before].sort((a, b) => b.seq - a.seq).slice(0, KEPT);
}

async function readEvents(): Promise<ToldEvent[]> {
  const { head } = (await http.get<Events>("/ports/events", { params: { limit: 1 } })).data;
  const params = { after: Math.max(0, head - KEPT), limit: KEPT };
  const { events } = (await http.get<Events>("/ports/events", { params })).data;
  return (events as unknown as PortEvent[]).filter(isTold).sort((a, b) => b.seq - a.seq);
}

/** When an event happened, as services write times. */
export const timeOf = ({ timestamp }: ToldEvent): string => new Date(timestamp * 1000).toISOString();

/** What an event says, in words. */
export function wordsOf(event: ToldEvent): string {
  switch (event.type) {
    case "port_change":
      return portWords(event.old_port, event.new_port);
    case "service_status":
      return event.before && event.before !== "unknown" ? `was ${event.before}, is ${event.status}` : `is ${event.status}`;
    case "conflicts_detected":
      return event.count === 0 ? "all conflicts are over" : event.count === 1 ? "1 conflict is open" : `${event.count} conflicts are open`;
  }
}

function portWords(before: number | null, now: number | null): string {
  if (now === null) return before === null ? "has no port" : `gave up port ${before}`;
  return before === null ? `got port ${now}` : `moved from ${before} to ${now}`;
}
