/** What the port manager says of a suite, and what can be done with it. */

import { keepPreviousData, type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { Problem } from "@/api/problem";
import type { components } from "@/api/schema/port-manager";
import { PORT_KEYS } from "@/live/queries";
import { remember } from "./latency";

type Schemas = components["schemas"];
export type Service = Schemas["ServiceView"];
export type ServiceStatus = Schemas["ServiceStatus"];
export type Listener = Schemas["ListenerView"];
export type Reservation = Schemas["Reservation"];
export type PortConflict = Schemas["ConflictView"];
export type Plan = Schemas["PlanView"];
export type PlanLine = Schemas["LineView"];
export type NewService = Schemas["CreateService"];
export type ServiceChanges = Schemas["ChangeService"];

/** Milliseconds between two looks at what no event tells: sockets and latencies. */
export const LOOK_MS = 5_000;

interface Reading {
  /** Milliseconds after which it is read anew by itself. */
  every?: number;
}

/** All services of a suite, by name. */
export function useServices(suite: string) {
  return useQuery({
    queryKey: [...PORT_KEYS.services, suite, "list"],
    queryFn: async () => (await http.get<Schemas["ServiceList"]>("/services", { params: { suite } })).data.services,
  });
}

/** How the services of a suite are, as of their last checks. */
export function useStatuses(suite: string, { every }: Reading = {}) {
  return useQuery({
    queryKey: [...PORT_KEYS.services, suite, "status"],
    queryFn: async () => {
      const { data } = await http.get<Schemas["StatusList"]>("/services/status", { params: { suite } });
      remember(suite, data.statuses);
      return data.statuses;
    },
    refetchInterval: every ?? false,
  });
}

/** Numbers of a suite. */
export function useStatistics(suite: string) {
  return useQuery({
    queryKey: [...PORT_KEYS.statistics, suite],
    queryFn: async () =>
      (await http.get<Schemas["SuiteStatistics"]>("/ports/statistics", { params: { suite } })).data.statistics,
  });
}

/** Who listens on the machine of the port manager, as of its last look. */
export function useListeners({ every }: Reading = {}) {
  return useQuery({
    queryKey: PORT_KEYS.listeners,
    queryFn: async () => (await http.get<Schemas["Listeners"]>("/ports/listeners")).data,
    refetchInterval: every ?? false,
  });
}

/** Ports that are kept free, of all suites. */
export function useReservations() {
  return useQuery({
    queryKey: PORT_KEYS.reservations,
    queryFn: async () => (await http.get<Schemas["Reservations"]>("/ports/reserved")).data.reservations,
  });
}

/** What is wrong in a suite, worst first. */
export function useSuiteConflicts(suite: string) {
  return useQuery({
    queryKey: [...PORT_KEYS.conflicts, suite, "shown"],
    queryFn: async () => (await http.get<Schemas["ConflictList"]>("/ports/conflicts", { params: { suite } })).data.conflicts,
  });
}

/** The next port that would be given in a suite; none if all are taken. */
export function useNextFree(suite: string) {
  return useQuery({
    queryKey: [...PORT_KEYS.assignments, suite, "next"],
    queryFn: async () => (await readFree(suite, 1))[0] ?? null,
  });
}

/** The ports that a service had, newest first. */
export function useHistory(suite: string, service: string) {
  return useQuery({
    queryKey: [...PORT_KEYS.history, suite, service],
    queryFn: async () => {
      const path = `/ports/history/${encodeURIComponent(service)}`;
      const { data } = await http.get<Schemas["History"]>(path, { params: { suite, detail: true } });
      return [...(data.details ?? [])].reverse();
    },
  });
}

/** Whether a port is free, and who has it if not. */
export function useAvailability(port: number | null) {
  return useQuery({
    queryKey: [...PORT_KEYS.assignments, "available", port],
    queryFn: async () => (await http.get<Schemas["Availability"]>(`/ports/${port}/available`)).data,
    enabled: port !== null,
    staleTime: 2_000,
  });
}

/** What a set of ports would change; asked anew when one of them changes. */
export function usePlan(suite: string, ports: Record<string, number> | null) {
  return useQuery({
    queryKey: [...PORT_KEYS.assignments, suite, "plan", ports],
    queryFn: async () => (await http.post<Plan>("/ports/plan", document(suite, ports ?? {}), YAML)).data,
    enabled: ports !== null,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
}

/** What the Hub knows and the suite does not. */
export function useDiscovered(suite: string) {
  return useQuery({
    queryKey: ["ports", "discovered", suite],
    queryFn: async () => (await http.get<Schemas["Discovered"]>("/services/discover", { params: { suite } })).data,
    staleTime: 0,
  });
}

/** Free ports of a suite, lowest first; fewer than `count` if there are no more. */
export async function readFree(suite: string, count: number, start?: number): Promise<number[]> {
  const found: number[] = [];
  let from = start;
  while (found.length < count) {
    const params = { suite, count: Math.min(count - found.length, 1000), ...(from !== undefined && { start_port: from }) };
    const answer = await http
      .get<Schemas["FreePorts"]>("/ports/available", { params })
      .catch((failure: Problem) => (failure.status === 404 ? null : Promise.reject(failure)));
    const ports = answer?.data.ports ?? [];
    found.push(...ports);
    const last = ports.at(-1);
    if (last === undefined || last === 65_535 || ports.length < params.count) return found;
    from = last + 1;
  }
  return found;
}

const YAML = { headers: { "Content-Type": "application/yaml" }, timeout: 120_000 };

/** A document of wished ports; JSON is YAML. */
const document = (suite: string, ports: Record<string, number>): string =>
  JSON.stringify({ suite, port_assignments: ports });

/** What can be done with ports; all that is about them is read anew after each. */
export function usePortActions(suite: string) {
  const client = useQueryClient();
  return {
    /** Moves a service to a port, or to the next free one. */
    reassign: (service: string, port?: number) =>
      after(client, http.post<Schemas["ReassignedPort"]>(
        "/ports/reassign", { service_id: service, suite, new_port: port ?? null }, SLOW)),
    /** Gives a service that has no port one. */
    assign: (service: string, port?: number) =>
      after(client, http.post<Schemas["AssignedPort"]>("/ports/assign", { service_id: service, suite, port: port ?? null })),
    /** Takes its port away from a service. */
    release: (service: string, port: number) =>
      after(client, http.delete<Schemas["PortMessage"]>(`/ports/${port}`, { data: { service_name: service, suite } })),
    reserve: (port: number, reason: string) =>
      after(client, http.post<Schemas["PortMessage"]>("/ports/reserve", { port, reason })),
    unreserve: (port: number) => after(client, http.delete<Schemas["PortMessage"]>(`/ports/reserve/${port}`)),
    /** Does what a plan said and nothing else. */
    apply: (ports: Record<string, number>, plan: string) =>
      after(client, http.post<Schemas["AppliedView"]>("/ports/apply", document(suite, ports), { ...YAML, params: { plan } })),
  };
}

/** A running service is told to move, and has to prove it. */
const SLOW = { timeout: 120_000 };

/** What can be done with services; all that is about them is read anew after each. */
export function useServiceActions(suite: string) {
  const client = useQueryClient();
  const path = (service: string) => `/services/${encodeURIComponent(service)}`;
  const params = { suite };
  return {
    restart: (service: string) =>
      after(client, http.post<Schemas["Restarted"]>("/services/restart", { service_id: service, suite }, SLOW)),
    /** Looks how a service is at this moment. */
    check: async (service: string) =>
      (await http.get<Schemas["Checked"]>(`/services/health/${encodeURIComponent(service)}`, { params })).data,
    create: (service: NewService) => after(client, http.post<Service>("/services", { ...service, suite })),
    change: (service: string, changes: ServiceChanges) => after(client, http.put<Service>(path(service), changes, { params })),
    remove: (service: string) => after(client, http.delete<Schemas["Message"]>(path(service), { params })),
  };
}

/** The answer of a call, once everything that it may have changed was read anew. */
export async function after<T>(client: QueryClient, call: Promise<{ data: T }>): Promise<T> {
  try {
    return (await call).data;
  } finally {
    await client.invalidateQueries({ queryKey: ["ports"] });
  }
}
