/** Which conflicts a person wants to see. */

import { holds } from "@/ui/Toolbar";
import type { Conflict } from "./api";
import { WORDS } from "./words";

/** Everything that has not been set aside. */
export const NO_FILTER = { q: "", severity: "", type: "", state: "" };

/** States to choose from; the first one is what a page begins with. */
export const STATES = [
  { value: "", label: "Not suppressed" },
  { value: "open", label: "Open" },
  { value: "acknowledged", label: "Acknowledged" },
  { value: "suppressed", label: "Suppressed" },
  { value: "resolved", label: "Resolved" },
  { value: "any", label: "Any state" },
];

/** Whether a conflict is wanted. What is over is only looked for in the history, where nothing is set aside. */
export function fits(conflict: Conflict, filters: typeof NO_FILTER, isHistory: boolean): boolean {
  const { q, severity, type, state } = filters;
  const inState = state === "" ? isHistory || conflict.state !== "suppressed" : state === "any" || conflict.state === state;
  return (
    inState &&
    (severity === "" || conflict.severity === severity) &&
    (type === "" || conflict.type === type) &&
    holds(q, WORDS[conflict.type]?.title, conflict.detail, String(conflict.port ?? ""), conflict.note, ...conflict.services)
  );
}
