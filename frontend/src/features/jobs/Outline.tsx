import { type Column, DataTable } from "@/ui/DataTable";
import { formatDuration } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { describeStep, isFleet, isObject, type Json, ON_ERROR, type Parameter, parametersOf, showValue, stepsOf, textOf, usualSeconds, workField } from "./definition";
import classes from "./Jobs.module.css";

/** The steps of a job in words. */
export function StepList({ definition }: { definition: Json }) {
  return (
    <ol className={classes.steps}>
      {stepsOf(definition).map((step, index) => (
        <li key={index} className={classes.step}>
          <span className={classes.place} aria-hidden>
            {index + 1}
          </span>
          <div className={classes.words}>
            <div className={classes.name}>{textOf(step["name"]) || textOf(step["type"])}</div>
            <div className={classes.soft}>
              {describeStep(step, isFleet(definition))}; {limits(step)}.
            </div>
            <Command of={step} label={`Command of step ${index + 1}`} />
            {isObject(step["undo"]) && (
              <>
                <div className={classes.undo}>If the run fails later, undone: {inSentence(describeStep({ ...step["undo"], target: step["target"] }, isFleet(definition)))}.</div>
                <Command of={step["undo"]} label={`Command that undoes step ${index + 1}`} />
              </>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Command({ of, label }: { of: Json; label: string }) {
  const command = textOf(of[workField(of)]);
  if (command === "") return null;
  return (
    <pre className={classes.command} tabIndex={0} aria-label={label}>
      {command}
    </pre>
  );
}

const inSentence = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function limits(step: Json): string {
  const seconds = typeof step["timeoutSec"] === "number" ? step["timeoutSec"] : usualSeconds(step);
  const failure = ON_ERROR[textOf(step["on_error"])] ?? ON_ERROR["stop"];
  const again = step["idempotent"] === true ? "; may run twice" : "";
  const most = seconds === undefined ? "" : `at most ${formatDuration(seconds * 1000)}; `;
  return `${most}if it fails, ${failure}${again}`;
}

const COLUMNS: Column<Parameter>[] = [
  { id: "name", header: "Name", cell: (one) => <code className={classes.code}>{one.name}</code>, width: "30%" },
  { id: "type", header: "Type", cell: (one) => one.type, width: "6rem" },
  {
    id: "default",
    header: "Default",
    cell: (one) => (one.required ? "needed" : <code className={classes.code}>{one.default === undefined ? "–" : showValue(one.default)}</code>),
  },
  { id: "rule", header: "Allowed", cell: (one) => <span title={allowed(one)}>{allowed(one)}</span>, priority: 3 },
  { id: "description", header: "What it is for", cell: (one) => <span title={one.description}>{one.description}</span>, width: "30%", priority: 2 },
];

/** What a run of the job can be told; nothing if there is none. */
export function ParameterList({ definition }: { definition: Json }) {
  const parameters = parametersOf(definition);
  if (parameters.length === 0) return null;
  return (
    <Panel title="Parameters" flush>
      <DataTable label="Parameters" columns={COLUMNS} rows={parameters} rowKey={(one) => one.name} empty={null} bare />
    </Panel>
  );
}

function allowed({ type, values, pattern, min, max }: Parameter): string {
  const unit = type === "string" ? " characters" : "";
  const range = min === undefined ? (max === undefined ? "" : `at most ${max}${unit}`) : max === undefined ? `at least ${min}${unit}` : `${min} to ${max}${unit}`;
  return [values.join(", "), pattern && `fits ${pattern}`, range].filter(Boolean).join("; ") || "–";
}
