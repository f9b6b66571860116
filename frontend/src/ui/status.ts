/** Words of states, and how each looks. */

/** How a state is felt: fine, wrong, attention, at work, nothing. */
export type Tone = "good" | "bad" | "warn" | "busy" | "idle";

const TONES: Record<string, Tone> = {
  // Runs and steps
  queued: "idle",
  running: "busy",
  canceling: "warn",
  succeeded: "good",
  failed: "bad",
  canceled: "idle",
  aborted: "idle",
  skipped: "idle",
  unknown: "warn",
  needs_attention: "warn",
  // Services
  healthy: "good",
  degraded: "warn",
  unhealthy: "bad",
  unavailable: "bad",
  flapping: "warn",
  maintenance: "idle",
  // Conflicts
  critical: "bad",
  high: "bad",
  medium: "warn",
  low: "idle",
  open: "warn",
  acknowledged: "idle",
  suppressed: "idle",
  resolved: "good",
  // Audit
  ok: "good",
  denied: "warn",
  // People and definitions
  active: "good",
  inactive: "idle",
};

/** The look of a state; one that is not known looks neutral. */
export const toneOf = (state: string): Tone => TONES[state] ?? "idle";
