/** Ports that are wished for many services at once. */

import type { Plan, PlanLine, Service } from "../api";
import { parsePort } from "./port";

/** What was typed for each service; the present port unless something was. */
export type Typed = Readonly<Record<string, string>>;

/** The present port of each service, as text. */
export const presentPorts = (services: readonly Service[]): Typed =>
  Object.fromEntries(services.map((one) => [one.service_id, one.port ? String(one.port) : ""]));

/** The ports that are wished beside the present ones; none if a text is no port. Without a text, a service keeps what it has. */
export function wishedPorts(typed: Typed, present: Typed): Record<string, number> | null {
  const ports: Record<string, number> = {};
  for (const [service, text] of Object.entries(typed)) {
    if (text.trim() === "" || text.trim() === present[service]) continue;
    const port = parsePort(text);
    if (port === null) return null;
    ports[service] = port;
  }
  return ports;
}

/** Lines of a plan by service. */
export const linesOf = (plan: Plan | undefined): ReadonlyMap<string, PlanLine> =>
  new Map((plan?.services ?? []).map((line) => [line.service_id, line]));

/** Whether a line changes anything. */
export const isChange = (line: PlanLine): boolean => line.action !== "keep" && line.action !== "leave";

/** How many lines of a plan change something, and which cannot be done. */
export function sumUp(plan: Plan | undefined): { changes: number; refused: string[] } {
  const lines = plan?.services ?? [];
  return {
    changes: lines.filter(isChange).length,
    refused: lines.filter((line) => line.problem).map((line) => line.service_id),
  };
}

/** Gives services ports one after the other; those for whom there is none keep what is typed. */
export function filled(typed: Typed, services: readonly Service[], ports: readonly number[]): Typed {
  const next: Record<string, string> = { ...typed };
  services.forEach((service, index) => {
    const port = ports[index];
    if (port !== undefined) next[service.service_id] = String(port);
  });
  return next;
}
