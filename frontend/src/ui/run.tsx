/** How runs and steps look wherever they are shown. */

import type { Run } from "@/api/runs";
import { Status } from "./Status";

/** State of a run; a wish to cancel it shows at once. */
export function RunState({ run }: { run: Run }) {
  const canceling = run.cancel_requested_at && (run.status === "running" || run.status === "queued");
  return <Status state={canceling ? "canceling" : run.status} />;
}
