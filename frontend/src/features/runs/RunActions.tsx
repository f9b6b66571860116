/** What can be done with a run: end it, start it again, go on with what is left of it. */

import { Button, Menu } from "@mantine/core";
import { IconArrowBackUp, IconChevronDown, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { toProblem } from "@/api/problem";
import { isMoving, type RepeatScope, type Run, type RunStep, useLastRuns, useRunActions } from "@/api/runs";
import { useRole } from "@/api/session";
import { confirm } from "@/ui/confirm";
import { tellDone, tellProblem } from "@/ui/feedback";
import { count } from "@/ui/format";
import { useJobGone } from "./api";
import { openTargets } from "./steps";

export function RunActions({ run, steps }: { run: Run; steps: readonly RunStep[] }) {
  const may = useRole("operator");
  const gone = useJobGone(run);
  const [sending, setSending] = useState(false);
  const { cancel } = useRunActions();
  const compare = run.finished_at ? <Compare run={run} /> : null;
  if (!may) return compare;
  const attempt = async (call: () => Promise<unknown>) => {
    setSending(true);
    await call().catch((failure: unknown) => tellProblem(toProblem(failure)));
    setSending(false);
  };
  const askCancel = async () => {
    const yes = await confirm({ title: `Cancel run #${run.id}?`, body: cancelWords(run), action: "Cancel run" });
    if (yes) await attempt(async () => tellDone((await cancel(run.id)).status === "canceled" ? "The run is canceled" : "The run is being canceled"));
  };
  if (isMoving(run.status) || run.status === "needs_attention") {
    return (
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={16} />}
        loading={sending}
        disabled={Boolean(run.cancel_requested_at)}
        onClick={() => void askCancel()}
      >
        {run.cancel_requested_at ? "Canceling" : "Cancel"}
      </Button>
    );
  }
  return (
    <>
      {compare}
      {run.undo_left > 0 && !run.is_being_undone && <Undo run={run} sending={sending} attempt={attempt} />}
      {!gone && run.undoes == null && <Again run={run} steps={steps} sending={sending} attempt={attempt} />}
    </>
  );
}

/** Runs of the job among which the one before is looked for. */
const LOOKED_AT = 50;

/** Leads to the differences from the run before; from the one that is repeated, if it repeats one. */
function Compare({ run }: { run: Run }) {
  const runs = useLastRuns(run.job_id, LOOKED_AT);
  const others = (runs.data?.rows ?? []).filter((one) => one.id !== run.id);
  const other = run.repeats ?? (others.find((one) => one.id < run.id) ?? others[0])?.id;
  if (other == null) return null;
  return (
    <Button variant="default" component={Link} to={`/runs/${run.id}/compare/${other}`}>
      Compare
    </Button>
  );
}

interface ActProps {
  run: Run;
  sending: boolean;
  attempt: (call: () => Promise<unknown>) => Promise<void>;
}

function Undo({ run, sending, attempt }: ActProps) {
  const navigate = useNavigate();
  const { undo } = useRunActions();
  const ask = async () => {
    const yes = await confirm({
      title: `Undo run #${run.id}?`,
      body: `${count(run.undo_left, "step")} that it has done and that can be undone: they are undone in reverse order, by a run of its own.`,
      action: "Undo",
    });
    if (yes) await attempt(async () => navigate(`/runs/${(await undo(run.id)).id}`));
  };
  return (
    <Button variant="default" leftSection={<IconArrowBackUp size={16} />} loading={sending} onClick={() => void ask()}>
      Undo
    </Button>
  );
}

interface AgainProps extends ActProps {
  steps: readonly RunStep[];
}

function Again({ run, steps, sending, attempt }: AgainProps) {
  const navigate = useNavigate();
  const { start, repeat } = useRunActions();
  // A step that failed without harm is nothing to go on with.
  const open = run.status === "succeeded" ? 0 : openTargets(steps);
  const targets = new Set(steps.map((step) => step.target_id)).size;
  // What nobody is shown cannot be sent again; the server still has it.
  const secret = Object.values(run.parameters).some((value) => typeof value === "object");
  const askAgain = async () => {
    const yes = await confirm({
      title: `Run ${run.job_name} again?`,
      body: `${secret ? `Version ${run.job_version}` : "The present version"} of the job runs with the same parameters as this run.`,
      action: "Run again",
      harmless: true,
    });
    if (!yes) return;
    const key = crypto.randomUUID();
    const again = () => (secret ? repeat(run.id, "all", key) : start(run.job_id, run.parameters, key));
    await attempt(async () => navigate(`/runs/${(await again()).id}`));
  };
  const askRepeat = async (scope: RepeatScope) => {
    const yes = await confirm({ ...repeatWords(run, scope, open), harmless: true });
    if (!yes) return;
    const key = crypto.randomUUID();
    await attempt(async () => navigate(`/runs/${(await repeat(run.id, scope, key)).id}`));
  };
  return (
    <>
      {Object.keys(run.parameters).length > 0 && (
        <Button variant="default" component={Link} to={`/jobs/${run.job_id}?run=${run.id}`}>
          Change and run
        </Button>
      )}
      {open > 0 && <GoOn open={open} several={targets > 1} sending={sending} onChoose={(scope) => void askRepeat(scope)} />}
      <Button leftSection={<IconRefresh size={16} />} loading={sending} onClick={() => void askAgain()}>
        Run again
      </Button>
    </>
  );
}

interface GoOnProps {
  /** Targets where not all was done. */
  open: number;
  /** Whether the run has more than one target. */
  several: boolean;
  sending: boolean;
  onChoose: (scope: RepeatScope) => void;
}

function GoOn({ open, several, sending, onChoose }: GoOnProps) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={16} />} loading={sending}>
          Go on
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onChoose("rest")}>With what was not done</Menu.Item>
        {several && (
          <Menu.Item onClick={() => onChoose("failed")}>Anew on {open === 1 ? "the target" : `the ${open} targets`} with trouble</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function repeatWords(run: Run, scope: RepeatScope, open: number) {
  const same = `It has the parameters of this run and its version ${run.job_version} of the job.`;
  if (scope === "rest") {
    return { title: "Go on with what was not done?", body: `Steps that succeeded are not done again; their results stay known. ${same}`, action: "Go on" };
  }
  const where = open === 1 ? "the target" : `the ${open} targets`;
  return { title: `Run anew on ${where} with trouble?`, body: `Every step is done again there. ${same}`, action: "Run anew" };
}

function cancelWords(run: Run): string {
  if (run.status === "queued") return "Nothing of it has started: it ends at once.";
  if (run.status === "needs_attention") return "The step that waits for a decision counts as aborted, whatever it did. Steps after it do not start.";
  return "The command that runs is ended on its target, with all that it started. Steps after it do not start.";
}
