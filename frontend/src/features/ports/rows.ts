/** Services with their health, as tables show them. */

import { useMemo } from "react";
import type { Service, ServiceStatus } from "./api";

/** One service and how it is. */
export interface ServiceRow extends Service {
  status: ServiceStatus["status"];
  /** Nothing, until it was looked at. */
  health: ServiceStatus | undefined;
}

const NONE: readonly never[] = [];

/** Puts each service and its health together. */
export function useRows(services: readonly Service[] | undefined, statuses: readonly ServiceStatus[] | undefined): ServiceRow[] {
  return useMemo(() => {
    const known = new Map((statuses ?? NONE).map((one) => [one.service_id, one]));
    return (services ?? NONE).map((service) => {
      const health = known.get(service.service_id);
      return { ...service, health, status: health?.status ?? "unknown" };
    });
  }, [services, statuses]);
}

/** Categories of some services, by name. */
export const categoriesOf = (services: readonly Service[] | undefined): string[] =>
  [...new Set((services ?? NONE).map((one) => one.category))].sort((a, b) => a.localeCompare(b));
