/** Which cached answers an event makes old. */

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { type PortEvent, startLivePorts, usePortEvents } from "./ports";

/** First parts of the keys of answers about ports. */
export const PORT_KEYS = {
  assignments: ["ports", "assignments"],
  services: ["ports", "services"],
  statistics: ["ports", "statistics"],
  conflicts: ["ports", "conflicts"],
  reservations: ["ports", "reservations"],
  history: ["ports", "history"],
  listeners: ["ports", "listeners"],
  moves: ["ports", "moves"],
} as const;

type Subject = keyof typeof PORT_KEYS;

/** What changes with an event; everything, if any was missed. */
const CHANGED: Record<PortEvent["type"], readonly Subject[] | "all"> = {
  connected: [],
  heartbeat: [],
  resync: "all",
  port_change: "all",
  conflicts_detected: ["conflicts", "statistics"],
  service_status: ["services", "statistics"],
  move_progress: ["moves"],
};

/** Keeps events coming and reads anew what they change. Once, in the shell. */
export function useLiveQueries(): void {
  const client = useQueryClient();
  useEffect(startLivePorts, []);
  usePortEvents(
    useCallback(
      (event) => {
        const changed = CHANGED[event.type] ?? [];
        if (changed === "all") void client.invalidateQueries({ queryKey: ["ports"] });
        else for (const subject of changed) void client.invalidateQueries({ queryKey: PORT_KEYS[subject] });
      },
      [client],
    ),
  );
}
