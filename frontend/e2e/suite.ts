/** A suite of its own for a test of ports, so that no other test is disturbed. */

import type { Api } from "./api";

/** Makes a suite whose services have these ports; a port that two have is a conflict. */
export async function makeSuite(api: Api, name: string, start: number, ports: Record<string, number>): Promise<void> {
  await removeSuite(api, name);
  await api.must("POST", "/api/suites", { name, title: name, port_range: [start, start + 100] });
  for (const [service_id, port] of Object.entries(ports)) {
    await api.must("POST", "/api/services", { service_id, suite: name });
    await api.must("POST", "/api/ports/assign", { service_id, port, suite: name, force: true });
  }
}

/** Takes it away again, if it is there. */
export async function removeSuite(api: Api, name: string): Promise<void> {
  await api.send("DELETE", `/api/suites/${name}`);
}

/** Which service of a suite has which port. */
export async function portsOf(api: Api, suite: string): Promise<Record<string, number>> {
  const { assignments } = await api.get<{ assignments: Record<string, number> }>(`/api/ports/assignments?suite=${suite}`);
  return assignments;
}
