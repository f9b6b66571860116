/** What became of what a run had done, if it is undone. */

import { Alert } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { Link } from "react-router";
import type { Run } from "@/api/runs";
import { count } from "@/ui/format";
import classes from "./Runs.module.css";

export function Undone({ run }: { run: Run }) {
  if (run.undo_run_id == null) return null;
  const left = count(run.undo_left, "step");
  if (run.is_being_undone) return <Note run={run} color="blue" title="What it did is being undone" text="Step by step, in reverse order." />;
  if (run.undo_left === 0) return <Note run={run} color="gray" title="What it did was undone" />;
  return (
    <Note
      run={run}
      color="yellow"
      title={`${left} ${run.undo_left === 1 ? "was" : "were"} not undone`}
      text="They can be undone once more, when nothing stands in the way."
    />
  );
}

function Note({ run, color, title, text }: { run: Run; color: string; title: string; text?: string }) {
  return (
    <Alert color={color} icon={<IconArrowBackUp />} title={title}>
      {text && <p className={classes.note}>{text}</p>}
      <Link to={`/runs/${run.undo_run_id}`}>Show run #{run.undo_run_id}</Link>
    </Alert>
  );
}
