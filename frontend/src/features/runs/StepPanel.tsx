import { Group } from "@mantine/core";
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import type { Run, RunStep } from "@/api/runs";
import { useRole } from "@/api/session";
import { count, formatDuration } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Status } from "@/ui/Status";
import { toneOf } from "@/ui/status";
import { Duration } from "@/ui/Time";
import { APPROVAL_NEEDED, Approve } from "./Approve";
import { useStepDefinition } from "./api";
import { CancelStep } from "./CancelStep";
import { LogViewer } from "./log/LogViewer";
import { asSentence, inWords } from "./reasons";
import { Resolve } from "./Resolve";
import type { OutputBus } from "./feed";
import { isFinal, writePlace } from "./steps";
import classes from "./Runs.module.css";

interface Props {
  run: Run;
  step: RunStep;
  /** Whether the run works on more targets than the step's. */
  several: boolean;
  /** Its place among the steps, counted from 0. */
  place: number;
  line: number | null;
  onLine: (line: number) => void;
  output: OutputBus;
}

/** One step: what it did, why it ended as it did, and what it wrote. */
export function StepPanel({ run, step, several, place, line, onLine, output }: Props) {
  const decides = useRole("operator");
  const panel = useRef<HTMLDivElement>(null);
  const linked = useRef(line !== null);
  useEffect(() => {
    if (linked.current) panel.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div ref={panel} id="step" className={classes.anchor}>
      <Panel flush title={`Step ${step.idx + 1}: ${step.name}`} aside={<Aside run={run} step={step} several={several} />}>
        <div className={classes.step}>
          {step.reason && step.status !== "succeeded" && (
            <p className={classes.reason} data-tone={toneOf(step.status)}>
              {asSentence(inWords(step.reason, step.exit_code))}.
            </p>
          )}
          {step.status === "unknown" &&
            (step.reason === APPROVAL_NEEDED ? <Approve run={run} step={step} /> : <Resolve run={run} step={step} may={decides} />)}
          <StepFacts run={run} step={step} />
          <Command run={run} step={step} />
        </div>
        <LogViewer
          key={step.id}
          of={{ run: run.id, step: step.id }}
          output={output}
          live={!isFinal(step.status)}
          version={`${step.status} ${step.epoch}`}
          startAtEnd={step.status === "failed"}
          label={`Output of step ${step.idx + 1}`}
          place={line}
          linkTo={(at) => writePlace({ step: place, line: at })}
          onPlace={onLine}
          file={`run-${run.id}-step-${step.idx + 1}${step.target_name ? `-${step.target_name}` : ""}.log`}
        />
      </Panel>
    </div>
  );
}

function Aside({ run, step, several }: Pick<Props, "run" | "step" | "several">) {
  return (
    <Group gap="sm">
      <CancelStep run={run} step={step} several={several} />
      <Status state={step.status} />
    </Group>
  );
}

function StepFacts({ run, step }: Pick<Props, "run" | "step">) {
  const metrics: Record<string, unknown> = step.metrics;
  const connect = metrics["connect_ms"];
  const hidden = metrics["redactions"];
  return (
    <ul className={classes.facts}>
      {step.target_name && (
        <li>
          on <b>{step.target_name}</b>
        </li>
      )}
      <li>{step.type}</li>
      {step.child_run_id != null && (
        <li>
          <Link to={`/runs/${step.child_run_id}`}>run #{step.child_run_id}</Link>
        </li>
      )}
      {run.undoes != null && step.undoes_idx != null && (
        <li>
          undoes step {step.undoes_idx + 1} of <Link to={`/runs/${run.undoes}`}>run #{run.undoes}</Link>
        </li>
      )}
      {step.is_undone && <li>undone</li>}
      {step.exit_code !== null && step.exit_code !== undefined && step.reason !== "exit_code" && <li>exit code {step.exit_code}</li>}
      {step.started_at && (
        <li>
          <Duration from={step.started_at} to={step.finished_at} /> of {formatDuration(step.timeoutsec * 1000)} at most
        </li>
      )}
      {typeof connect === "number" && connect > 0 && <li>{formatDuration(connect)} to connect</li>}
      {step.epoch > 1 && <li>attempt {step.epoch}</li>}
      {typeof hidden === "number" && hidden > 0 && <li>{count(hidden, "secret")} hidden in the output</li>}
    </ul>
  );
}

/** The command as the job gives it, with the names of its parameters. */
function Command({ run, step }: { run: Run; step: RunStep }) {
  const { command } = useStepDefinition(run, step);
  if (typeof command !== "string") return null;
  return (
    <details className={classes.command}>
      <summary>Command</summary>
      <pre tabIndex={0}>{command}</pre>
    </details>
  );
}
