import type { Tone } from "@/ui/status";
import type { Move } from "./api";

/** What is done of a move: in words, and how it is felt. */
export const PHASES: Record<Move["phase"], { label: string; tone: Tone }> = {
  staged: { label: "both ports held", tone: "busy" },
  bound: { label: "new port open", tone: "busy" },
  healthy: { label: "switching", tone: "busy" },
  switched: { label: "draining", tone: "busy" },
  drained: { label: "old port closed", tone: "busy" },
  committed: { label: "moved", tone: "good" },
  rolling_back: { label: "going back", tone: "warn" },
  rolled_back: { label: "went back", tone: "bad" },
};

/** What closing the old port cost, in words; a service that does not tell leaves it open. */
export function costOf({ drain, phase }: Pick<Move, "drain" | "phase">): string {
  if (drain.lost === null || drain.lost === undefined) return phase === "committed" ? "not told" : "–";
  const cut = drain.lost === 0 ? "none lost" : `${drain.lost} lost`;
  return `${cut} of ${drain.in_flight_at_switch ?? "?"} under way`;
}
