/** Latencies of the last checks, collected from the answers while the page is open. */

import type { components } from "@/api/schema/port-manager";

type ServiceStatus = components["schemas"]["ServiceStatus"];

/** Checks of a service that are kept. */
const KEPT = 30;

interface Check {
  /** When it was made. */
  at: string;
  ms: number;
}

const courses = new Map<string, Check[]>();
const keyOf = (suite: string, service: string): string => `${suite}/${service}`;

/** Keeps what is new in some answers. A check without an answer has no latency. */
export function remember(suite: string, statuses: readonly ServiceStatus[]): void {
  for (const { service_id, last_checked, latency_ms } of statuses) {
    if (!last_checked || latency_ms === null || latency_ms === undefined) continue;
    const key = keyOf(suite, service_id);
    const before = courses.get(key) ?? [];
    if (before.at(-1)?.at === last_checked) continue;
    courses.set(key, [...before, { at: last_checked, ms: latency_ms }].slice(-KEPT));
  }
}

/** Latencies of a service in milliseconds, oldest first. */
export const courseOf = (suite: string, service: string): number[] =>
  (courses.get(keyOf(suite, service)) ?? []).map((check) => check.ms);
