/** Why a run does not go on at the moment. */

import { Alert } from "@mantine/core";
import { IconClockPause } from "@tabler/icons-react";
import { Link } from "react-router";
import { isMoving, type Run } from "@/api/runs";
import { asSentence } from "./reasons";

/** Reasons that are told; the rest is counted. */
const MOST = 5;

/** Says what a run waits for, as long as nothing of it runs. */
export function Waiting({ run }: { run: Run }) {
  const reasons = run.waiting ?? [];
  if (!isMoving(run.status) || reasons.length === 0 || run.cancel_requested_at) return null;
  // What any run waits for a moment is not worth a word.
  const told = reasons.filter((reason) => reason.code !== "queue" && reason.code !== "parallel");
  if (told.length === 0) return null;
  return (
    <Alert color="blue" icon={<IconClockPause />} title={run.status === "queued" ? "This run waits" : "Some of this run waits"}>
      {told.slice(0, MOST).map((reason) => (
        <div key={`${reason.code} ${reason.text}`}>
          {asSentence(reason.text)}.{" "}
          {reason.holder_run_id != null && <Link to={`/runs/${reason.holder_run_id}`}>Show run #{reason.holder_run_id}</Link>}
        </div>
      ))}
      {told.length > MOST && <div>And {told.length - MOST} more.</div>}
    </Alert>
  );
}
