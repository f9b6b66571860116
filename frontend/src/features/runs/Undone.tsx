/** What became of what a run had done, if it is undone. */

import { Alert } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { Link } from "react-router";
import type { Run } from "@/api/runs";
import { count } from "@/ui/format";

export function Undone({ run }: { run: Run }) {
  if (run.undo_run_id == null) return null;
  const by = <Link to={`/runs/${run.undo_run_id}`}>run #{run.undo_run_id}</Link>;
  if (run.is_being_undone) {
    return (
      <Alert color="blue" icon={<IconArrowBackUp />} title="What it did is being undone">
        By {by}, step by step in reverse order.
      </Alert>
    );
  }
  if (run.undo_left > 0) {
    return (
      <Alert color="yellow" icon={<IconArrowBackUp />} title={`${count(run.undo_left, "step")} ${run.undo_left === 1 ? "was" : "were"} not undone`}>
        See what {by} could undo; what is left can be undone by another.
      </Alert>
    );
  }
  return (
    <Alert color="gray" icon={<IconArrowBackUp />} title="What it did was undone">
      By {by}.
    </Alert>
  );
}
