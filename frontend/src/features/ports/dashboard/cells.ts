/** What is known of each port of a range, put together from all that is known of the suite. */

import type { Listener, PortConflict, Reservation, Service, ServiceStatus } from "../api";

/** States of a port, in the order of the legend. */
export const CELL_STATES = ["free", "listening", "silent", "reserved", "stranger", "conflict"] as const;
export type CellState = (typeof CELL_STATES)[number];

/** What the states are called. */
export const STATE_WORDS: Record<CellState, string> = {
  free: "free",
  listening: "assigned and answering",
  silent: "assigned but silent",
  reserved: "reserved",
  stranger: "a stranger listens",
  conflict: "conflict",
};

/** One port. */
export interface Cell {
  port: number;
  state: CellState;
  /** Who has it or uses it, in words; empty if nobody does. */
  who: string;
  services: readonly Service[];
  listener: Listener | undefined;
  reservation: Reservation | undefined;
  conflicts: readonly PortConflict[];
}

/** All that is known of a suite. */
export interface Known {
  services: readonly Service[];
  statuses: readonly ServiceStatus[];
  listeners: readonly Listener[];
  reservations: readonly Reservation[];
  conflicts: readonly PortConflict[];
}

/** States of a service in which it answers. */
const ANSWERS: readonly ServiceStatus["status"][] = ["healthy", "degraded", "flapping"];

/** The ports from `first` up to but without `end`. */
export function cellsOf(first: number, end: number, known: Known): Cell[] {
  const services = grouped(known.services, (service) => service.port);
  const conflicts = grouped(
    known.conflicts.filter((one) => one.state === "open" || one.state === "acknowledged"),
    (one) => one.port,
  );
  const listeners = new Map(known.listeners.map((one) => [one.port, one]));
  const answering = new Set(known.statuses.filter((one) => ANSWERS.includes(one.status)).map((one) => one.service_id));
  const reserved = reservationsBy(first, end, known.reservations);
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => {
    const port = first + index;
    const facts = {
      port,
      services: services.get(port) ?? [],
      listener: listeners.get(port),
      reservation: reserved.get(port),
      conflicts: conflicts.get(port) ?? [],
    };
    return { ...facts, state: stateOf(facts, answering), who: whoOf(facts) };
  });
}

type Facts = Omit<Cell, "state" | "who">;

function stateOf(facts: Facts, answering: ReadonlySet<string>): CellState {
  if (facts.conflicts.length > 0) return "conflict";
  if (facts.services.length > 0) {
    const answers = facts.listener !== undefined || facts.services.some((one) => answering.has(one.service_id));
    return answers ? "listening" : "silent";
  }
  if (facts.reservation) return "reserved";
  return facts.listener ? "stranger" : "free";
}

function whoOf({ services, listener, reservation }: Facts): string {
  if (services.length > 0) return services.map((one) => one.service_id).join(", ");
  if (reservation) return reservation.reason;
  return listener ? programOf(listener) : "";
}

/** Who listens, in words. */
export function programOf({ program, pid }: Listener): string {
  if (!pid) return program ?? "a process of somebody else";
  return `${program ?? "unknown program"} (pid ${pid})`;
}

/** What a cell is, in one line. */
export function lineOf({ port, state, who }: Cell): string {
  return who ? `${port}: ${STATE_WORDS[state]}, ${who}` : `${port}: ${STATE_WORDS[state]}`;
}

/** How many ports are in each state. */
export function countStates(cells: readonly Cell[]): Record<CellState, number> {
  const counts = { free: 0, listening: 0, silent: 0, reserved: 0, stranger: 0, conflict: 0 };
  for (const cell of cells) counts[cell.state] += 1;
  return counts;
}

function grouped<T>(things: readonly T[], portOf: (thing: T) => number | null | undefined): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const thing of things) {
    const port = portOf(thing);
    if (port === null || port === undefined) continue;
    const group = groups.get(port);
    if (group) group.push(thing);
    else groups.set(port, [thing]);
  }
  return groups;
}

function reservationsBy(first: number, end: number, reservations: readonly Reservation[]): Map<number, Reservation> {
  const found = new Map<number, Reservation>();
  for (const one of reservations) {
    for (let port = Math.max(one.first, first); port <= Math.min(one.last, end - 1); port += 1) found.set(port, one);
  }
  return found;
}
