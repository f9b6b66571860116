/** Starts and stops services of the running platform. */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const CONFIG = fileURLToPath(new URL("../../.run/supervisord.conf", import.meta.url));

/** Lets the supervisor do something with one service. */
export function supervise(action: "start" | "stop", service: string): void {
  execFileSync("supervisorctl", ["-c", CONFIG, action, service], { stdio: "pipe" });
}
