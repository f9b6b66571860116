import { Alert, Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { type Run, type RunStep, useRun, useRunSteps } from "@/api/runs";
import { useRole } from "@/api/session";
import { Page } from "@/ui/Page";
import { Panel } from "@/ui/Panel";
import { RunState } from "@/ui/run";
import { Empty, Failure, Loaded, Loading } from "@/ui/states";
import { Duration, Time } from "@/ui/Time";
import type { StreamState } from "@/live/runs";
import { APPROVAL_NEEDED } from "./Approve";
import { useAddress } from "./address";
import { type OutputBus, useRunFeed } from "./feed";
import { LiveSign } from "./Live";
import { asSentence, inWords } from "./reasons";
import { RunAbout, RunAudit } from "./RunAbout";
import { RunActions } from "./RunActions";
import { firstToSee, targetOf } from "./steps";
import { StepPanel } from "./StepPanel";
import { StepsPanel } from "./StepsPanel";
import { Undone } from "./Undone";
import { Waiting } from "./Waiting";

export default function RunPage() {
  const { id = "" } = useParams();
  return <Watched key={id} id={id} />;
}

function Watched({ id }: { id: string }) {
  const number = /^\d{1,15}$/.test(id) ? Number(id) : 0;
  const [stream, setStream] = useState<StreamState>("connecting");
  const run = useRun(number, { pushed: stream === "live" });
  if (!run.data) {
    return (
      <Page title={`Run #${id}`} up={{ to: "/runs", label: "Runs" }}>
        <Panel>{run.error ? <Failure problem={run.error} retry={() => void run.refetch()} /> : <Loading />}</Panel>
      </Page>
    );
  }
  return <RunView run={run.data} stream={stream} onStream={setStream} />;
}

interface ViewProps {
  run: Run;
  stream: StreamState;
  onStream: (state: StreamState) => void;
}

function RunView({ run, stream, onStream }: ViewProps) {
  const admin = useRole("admin");
  const steps = useRunSteps(run.id, { pushed: stream === "live" });
  const output = useRunFeed(run.id, Boolean(run.finished_at), onStream);
  return (
    <Page
      title={`${run.job_name} #${run.id}`}
      badge={<RunState run={run} />}
      up={{ to: "/runs", label: "Runs" }}
      lead={<Lead run={run} />}
      actions={<RunActions run={run} steps={steps.data ?? []} />}
    >
      <LiveSign state={stream} />
      <Waiting run={run} />
      <Undone run={run} />
      <Attention run={run} steps={steps.data ?? []} />
      <Loaded query={steps} loading={<Panel title="Steps"><Loading rows={4} /></Panel>}>
        {(rows) => <Steps run={run} steps={rows} output={output} />}
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
      {run.repeats != null && (
        <>
          {" "}
          {SCOPES[run.repeat_scope ?? ""] ?? "Repeats"} <Link to={`/runs/${run.repeats}`}>run #{run.repeats}</Link>.
        </>
      )}
      {run.undoes != null && (
        <>
          {" "}
          Undoes <Link to={`/runs/${run.undoes}`}>run #{run.undoes}</Link>.
        </>
      )}
    </>
  );
}

/** How a run says what it does of another. */
const SCOPES: Record<string, string> = {
  all: "Repeats",
  failed: "Repeats the failed targets of",
  rest: "Goes on with what was left of",
};

/** What a person has to decide, if anything. */
function Attention({ run, steps }: { run: Run; steps: readonly RunStep[] }) {
  const { go } = useAddress();
  const waiting = steps.findIndex((step) => step.status === "unknown");
  const step = steps[waiting];
  if (run.status !== "needs_attention" || !step) return null;
  const name = `step ${step.idx + 1}`;
  return (
    <Alert color="yellow" icon={<IconAlertTriangle />} title="This run waits for you">
      {step.reason === APPROVAL_NEEDED
        ? `${asSentence(name)} asks for an approval. `
        : `Nobody knows how ${name} ended on ${targetOf(step)}: ${inWords(step.reason ?? "unknown")}. `}
      <Button size="compact-xs" variant="default" onClick={() => go({ step: waiting, line: null })}>
        Show {name}
      </Button>
    </Alert>
  );
}

/** Steps and the one that is looked at; the address says which. */
function Steps({ run, steps, output }: { run: Run; steps: readonly RunStep[]; output: OutputBus }) {
  const { place: asked, go } = useAddress();
  const first = useFirstToSee(steps);
  if (steps.length === 0) return <Panel title="Steps"><Empty title="This run has no steps" /></Panel>;
  const place = asked && asked.step >= 0 && asked.step < steps.length ? asked.step : first;
  const step = steps[place];
  return (
    <>
      <StepsPanel run={run} steps={steps} selected={place} onSelect={(at) => go({ step: at, line: null })} />
      {step && (
        <StepPanel
          key={step.id}
          run={run}
          step={step}
          several={new Set(steps.map((one) => one.target_id)).size > 1}
          place={place}
          line={asked?.step === place ? asked.line : null}
          onLine={(line) => go({ step: place, line })}
          output={output}
        />
      )}
    </>
  );
}

/** What people see unless they choose. Among many targets it stays, until there is trouble. */
function useFirstToSee(steps: readonly RunStep[]): number {
  const first = firstToSee(steps);
  const [kept, setKept] = useState(first);
  const isTrouble = (place: number) => TROUBLE.includes(steps[place]?.status ?? "");
  const stays = kept < steps.length && (isTrouble(kept) || !isTrouble(first)) && new Set(steps.map(targetOf)).size > 1;
  if (!stays && kept !== first) setKept(first);
  return stays ? kept : first;
}

const TROUBLE = ["unknown", "failed"];
