/** Words for what the service names by codes. */

import type { Protocol, Target } from "@/api/targets";
import type { LastTest, PhaseName } from "./api";

/** Protocols as people write them. */
export const PROTOCOLS: readonly { value: Protocol; label: string; port: number }[] = [
  { value: "ssh", label: "SSH", port: 22 },
  { value: "winrm", label: "WinRM", port: 5985 },
  { value: "http", label: "HTTP", port: 80 },
];

/** A protocol as people write it. */
export const protocolWord = (protocol: Protocol): string =>
  PROTOCOLS.find((one) => one.value === protocol)?.label ?? protocol;

/** The usual port of a protocol. */
export const usualPort = (protocol: Protocol): number => PROTOCOLS.find((one) => one.value === protocol)?.port ?? 22;

/** Where a target is reached, such as `web-1:22` or `[::1]:22`. */
export function addressOf({ hostname, port }: Pick<Target, "hostname" | "port">): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** What a test does, step by step, and why. */
export const PHASES: readonly { name: PhaseName; title: string; what: string }[] = [
  { name: "resolve", title: "Resolve", what: "Find the address of the host name" },
  { name: "connect", title: "Connect", what: "Open the port and hear a greeting" },
  { name: "host_key", title: "Host key", what: "Check that it is the machine that was accepted" },
  { name: "auth", title: "Sign in", what: "Sign in with the credential" },
  { name: "command", title: "Command", what: "Run a first command" },
];

const REASONS: Record<string, string> = {
  resolve_failed: "name not found",
  connect_refused: "connection refused",
  connect_timeout: "no answer",
  unreachable: "unreachable",
  not_ssh: "not SSH",
  kex_failed: "no common algorithm",
  host_key_unknown: "new host key",
  host_key_mismatch: "other host key",
  auth_failed: "sign-in refused",
  auth_timeout: "sign-in too slow",
  bad_key: "key unusable",
  lost_connection: "connection lost",
  no_credential: "no credential",
  wrong_credential_type: "credential does not fit",
  timeout: "took too long",
};

/** The outcome of a test in two or three words. */
export function outcomeOf(test: LastTest | null | undefined): { label: string; tone: "good" | "bad" | "warn" | "idle" } {
  if (!test) return { label: "not tested", tone: "idle" };
  if (test.ok) return { label: "reachable", tone: "good" };
  const reason = test.reason ?? "failed";
  // It is there, but waits for a person's decision.
  const tone = reason === "host_key_unknown" || reason === "no_credential" ? "warn" : "bad";
  return { label: REASONS[reason] ?? reason.replace(/^.*\./, "").replaceAll("_", " "), tone };
}
