import { Alert, Button } from "@mantine/core";
import { IconAlertTriangle, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import { toProblem } from "@/api/problem";
import { isMoving, type Run, type RunStep, useRun, useRunActions, useRunSteps } from "@/api/runs";
import { useRole } from "@/api/session";
import { confirm } from "@/ui/confirm";
import { tellDone, tellProblem } from "@/ui/feedback";
import { Page } from "@/ui/Page";
import { Panel } from "@/ui/Panel";
import { RunState } from "@/ui/run";
import { Empty, Failure, Loaded, Loading } from "@/ui/states";
import { Duration, Time } from "@/ui/Time";
import { useJobGone } from "./api";
import { inWords } from "./reasons";
import { RunAbout, RunAudit } from "./RunAbout";
import { firstToSee, type Place, readPlace, writePlace } from "./steps";
import { StepPanel } from "./StepPanel";
import { StepsPanel } from "./StepsPanel";

export default function RunPage() {
  const { id = "" } = useParams();
  const number = /^\d{1,15}$/.test(id) ? Number(id) : 0;
  const run = useRun(number);
  if (!run.data) {
    return (
      <Page title={`Run #${id}`} up={{ to: "/runs", label: "Runs" }}>
        <Panel>{run.error ? <Failure problem={run.error} retry={() => void run.refetch()} /> : <Loading />}</Panel>
      </Page>
    );
  }
  return <RunView key={number} run={run.data} />;
}

function RunView({ run }: { run: Run }) {
  const admin = useRole("admin");
  const steps = useRunSteps(run.id);
  return (
    <Page
      title={`${run.job_name} #${run.id}`}
      badge={<RunState run={run} />}
      up={{ to: "/runs", label: "Runs" }}
      lead={<Lead run={run} />}
      actions={<Actions run={run} />}
    >
      <Attention run={run} steps={steps.data ?? []} />
      <Loaded query={steps} loading={<Panel title="Steps"><Loading rows={4} /></Panel>}>
        {(rows) => <Steps run={run} steps={rows} />}
      </Loaded>
      <RunAbout run={run} />
      {admin && <RunAudit run={run} />}
    </Page>
  );
}

function Lead({ run }: { run: Run }) {
  return (
    <>
      Version {run.job_version}, started by {run.requested_by_name} <Time at={run.queued_at} />
      {run.started_at && (
        <>
          , {run.finished_at ? "took" : "at work for"} <Duration from={run.started_at} to={run.finished_at} />
        </>
      )}
      .
    </>
  );
}

/** What a person has to decide, if anything. */
function Attention({ run, steps }: { run: Run; steps: readonly RunStep[] }) {
  const navigate = useNavigate();
  const waiting = steps.findIndex((step) => step.status === "unknown");
  if (run.status !== "needs_attention" || waiting < 0) return null;
  return (
    <Alert color="yellow" icon={<IconAlertTriangle />} title="This run waits for you">
      Nobody knows how step {waiting + 1} ended: {inWords(steps[waiting]?.reason ?? "unknown")}.{" "}
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => void navigate({ hash: writePlace({ step: waiting, line: null }) }, { replace: true })}
      >
        Show step {waiting + 1}
      </Button>
    </Alert>
  );
}

function Actions({ run }: { run: Run }) {
  const may = useRole("operator");
  const gone = useJobGone(run);
  const navigate = useNavigate();
  const { cancel, start } = useRunActions();
  const [sending, setSending] = useState(false);
  const attempt = async (call: () => Promise<unknown>) => {
    setSending(true);
    await call().catch((failure: unknown) => tellProblem(toProblem(failure)));
    setSending(false);
  };
  if (!may) return null;
  const askCancel = async () => {
    const yes = await confirm({ title: `Cancel run #${run.id}?`, body: cancelWords(run), action: "Cancel run" });
    if (yes) await attempt(async () => tellDone((await cancel(run.id)).status === "canceled" ? "The run is canceled" : "The run is being canceled"));
  };
  const askAgain = async () => {
    const yes = await confirm({
      title: `Run ${run.job_name} again?`,
      body: "The present version of the job runs with the same parameters as this run.",
      action: "Run again",
      harmless: true,
    });
    if (!yes) return;
    const key = crypto.randomUUID();
    await attempt(async () => navigate(`/runs/${(await start(run.job_id, run.parameters, key)).id}`));
  };
  const open = isMoving(run.status) || run.status === "needs_attention";
  return (
    <>
      {open && (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={16} />}
          loading={sending}
          disabled={Boolean(run.cancel_requested_at)}
          onClick={() => void askCancel()}
        >
          {run.cancel_requested_at ? "Canceling" : "Cancel"}
        </Button>
      )}
      {!open && !gone && Object.keys(run.parameters).length > 0 && (
        <Button variant="default" component={Link} to={`/jobs/${run.job_id}?run=${run.id}`}>
          Change and run
        </Button>
      )}
      {!open && !gone && (
        <Button leftSection={<IconRefresh size={16} />} loading={sending} onClick={() => void askAgain()}>
          Run again
        </Button>
      )}
    </>
  );
}

function cancelWords(run: Run): string {
  if (run.status === "queued") return "Nothing of it has started: it ends at once.";
  if (run.status === "needs_attention") return "The step that waits for a decision counts as aborted, whatever it did. Steps after it do not start.";
  return "The command that runs is ended on its target, with all that it started. Steps after it do not start.";
}

/** Steps and the one that is looked at; the address says which. */
function Steps({ run, steps }: { run: Run; steps: readonly RunStep[] }) {
  const { hash } = useLocation();
  const navigate = useNavigate();
  if (steps.length === 0) return <Panel title="Steps"><Empty title="This run has no steps" /></Panel>;
  const asked = readPlace(hash);
  const place = asked && asked.step >= 0 && asked.step < steps.length ? asked.step : firstToSee(steps);
  const go = (to: Place) => void navigate({ hash: writePlace(to) }, { replace: true, preventScrollReset: true });
  const step = steps[place];
  return (
    <>
      <StepsPanel run={run} steps={steps} selected={place} onSelect={(at) => go({ step: at, line: null })} />
      {step && (
        <StepPanel
          key={step.id}
          run={run}
          step={step}
          place={place}
          line={asked?.step === place ? asked.line : null}
          onLine={(line) => go({ step: place, line })}
        />
      )}
    </>
  );
}
