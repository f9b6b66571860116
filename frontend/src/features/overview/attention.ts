/** What needs somebody, worst first. */

import type { Tone } from "@/ui/status";
import { count } from "@/ui/format";
import type { Activity, SuiteState } from "./api";

/** One thing to look at, and where. */
export interface Item {
  tone: Extract<Tone, "bad" | "warn">;
  text: string;
  to: string;
}

interface State {
  activity: Activity | undefined;
  suites: readonly SuiteState[];
  platform: Record<string, string> | undefined;
}

const SEVERE = new Set(["critical", "high"]);

/** Reads off what needs attention. */
export function findAttention({ activity, suites, platform }: State): Item[] {
  const items: Item[] = [];
  for (const [service, state] of Object.entries(platform ?? {})) {
    if (state !== "healthy") items.push({ tone: "bad", text: `The service ${service} is ${state}`, to: "/system" });
  }
  const waiting = activity?.open["needs_attention"] ?? 0;
  if (waiting > 0) {
    items.push({
      tone: "bad",
      text: `${count(waiting, "run")} cannot go on until a person says what became of a step`,
      to: "/runs?status=needs_attention",
    });
  }
  const failed = total(activity, "failed");
  if (failed > 0) {
    items.push({ tone: "bad", text: `${count(failed, "run")} failed in the last 24 hours`, to: "/runs?status=failed" });
  }
  for (const { name, title, statistics, conflicts } of suites) {
    const open = conflicts.filter((conflict) => conflict.state !== "suppressed");
    if (open.length > 0) {
      const severe = open.some((conflict) => SEVERE.has(conflict.severity));
      items.push({
        tone: severe ? "bad" : "warn",
        text: `${count(open.length, "port conflict")} in ${title}`,
        to: `/ports/conflicts?suite=${name}`,
      });
    }
    const silent = statistics.total_services - statistics.healthy_services;
    if (silent > 0) {
      const of = count(statistics.total_services, "service");
      items.push({
        // A suite that does not run at all is rather not started than broken.
        tone: silent === statistics.total_services ? "warn" : "bad",
        text: `${silent} of ${of} of ${title} ${silent === 1 ? "does" : "do"} not answer well`,
        to: `/ports/services?suite=${name}`,
      });
    }
  }
  return items.sort((a, b) => Number(a.tone !== "bad") - Number(b.tone !== "bad"));
}

/** Runs of the last hours in a state. */
export function total(activity: Activity | undefined, state: string): number {
  return (activity?.hours ?? []).reduce((sum, hour) => sum + (hour.states[state] ?? 0), 0);
}
