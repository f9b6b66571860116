import { Button, Text, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Panel } from "@/ui/Panel";
import { Loading } from "@/ui/states";
import type { TargetChoice } from "../api";
import { describeStep, isFleet, isObject, type Json, parametersOf, showValue, stepsOf, textOf } from "../definition";
import { type Fault, isSame, isWithin } from "./faults";
import { changedParameter } from "./parameter";
import { Piece } from "./Piece";
import type { Path } from "./source";
import { type Part, StepForm, strangeFields } from "./StepForm";
import type { Edits } from "./useDefinition";
import classes from "./Editor.module.css";

/** Most jobs are changed without a look at their parameters. */
const ParameterForm = lazy(() => import("./ParameterForm"));

interface Props {
  definition: Json;
  edits: Edits;
  targets: readonly TargetChoice[];
  faults: readonly Fault[];
  /** The form waits until the YAML can be read again. */
  waiting: boolean;
}

const NEW_STEP: Json = { type: "ssh.exec", command: "" };

/** A definition as a form. */
export function DefinitionForm(props: Props) {
  const { definition, edits, faults, waiting } = props;
  return (
    <fieldset className={classes.form} disabled={waiting} aria-label="Definition">
      <Panel title="Job">
        <div className={classes.stack}>
          <TextInput
            label="Name"
            required
            data-autofocus
            value={textOf(definition["name"])}
            error={wordsAt(faults, ["name"])}
            onChange={(event) => edits.set(["name"], event.currentTarget.value)}
          />
          <Textarea
            label="Description"
            autosize
            minRows={1}
            maxRows={6}
            value={textOf(definition["description"])}
            error={wordsAt(faults, ["description"])}
            onChange={(event) => edits.set(["description"], event.currentTarget.value || undefined)}
          />
        </div>
      </Panel>
      <Parameters {...props} />
      <Steps {...props} />
    </fieldset>
  );
}

/** What is wrong with a part, in words. */
const wordsAt = (faults: readonly Fault[], path: Path): string | undefined => faults.find((fault) => isSame(fault.path, path))?.detail;

const amountIn = (faults: readonly Fault[], path: Path): number => faults.filter((fault) => isWithin(fault.path, path)).length;

/** Which piece is open; it keeps the focus when it moves. */
function useOpenPiece(start: number | null) {
  const [open, setOpen] = useState(start);
  const focus = useRef<string | null>(null);
  useEffect(() => {
    if (focus.current === null) return;
    document.querySelector<HTMLElement>(`[data-piece="${focus.current}"]`)?.focus();
    focus.current = null;
  });
  return { open, setOpen, focusNext: (label: string) => (focus.current = label) };
}

function Steps({ definition, edits, targets, faults }: Props) {
  const steps = stepsOf(definition);
  const firstAtFault = faults.find((fault) => fault.path[0] === "steps" && typeof fault.path[1] === "number")?.path[1];
  const { open, setOpen, focusNext } = useOpenPiece(steps.length === 1 ? 0 : typeof firstAtFault === "number" ? firstAtFault : null);
  const parameters = parametersOf(definition).map((one) => one.name);
  const move = (from: number, by: 1 | -1) => {
    edits.move(["steps"], from, from + by);
    if (open === from) setOpen(from + by);
    else if (open === from + by) setOpen(from);
    focusNext(`step ${from + by + 1}`);
  };
  const part = (path: Path, step: unknown): Part => ({
    faultOf: (field) => wordsAt(faults, [...path, field]) ?? deeper(faults, [...path, field]),
    set: (field, value) => {
      if (field === "type" && isObject(step)) for (const strange of strangeFields(step, textOf(value))) edits.set([...path, strange], undefined);
      edits.set([...path, field], value);
    },
  });
  const add = () => {
    const target = textOf(steps.at(-1)?.["target"]);
    const { type, ...rest } = NEW_STEP;
    edits.add(["steps"], target === "" && isFleet(definition) ? NEW_STEP : { type, target, ...rest });
    setOpen(steps.length);
    focusNext(`step ${steps.length + 1}`);
  };
  const error = wordsAt(faults, ["steps"]);
  return (
    <Panel title="Steps, in this order">
      <div className={classes.stack}>
        <ErrorLine error={error} />
        {steps.map((step, index) => (
          <Piece
            key={index}
            label={`step ${index + 1}`}
            title={textOf(step["name"]) || textOf(step["type"]) || "without a name"}
            note={describeStep(step, isFleet(definition))}
            faults={amountIn(faults, ["steps", index])}
            open={open === index}
            onToggle={() => setOpen(open === index ? null : index)}
            onMove={(by) => move(index, by)}
            first={index === 0}
            last={index === steps.length - 1}
            onRemove={() => {
              edits.move(["steps"], index, null);
              if (open !== null && open >= index) setOpen(open === index ? null : open - 1);
              focusNext(index > 0 ? `step ${index}` : "step 1");
            }}
          >
            <StepForm
              step={step}
              targets={targets}
              fleet={isFleet(definition)}
              parameters={parameters}
              {...part(["steps", index], step)}
              undo={part(["steps", index, "undo"], step["undo"])}
            />
          </Piece>
        ))}
        <Add label="Add a step" onClick={add} />
      </div>
    </Panel>
  );
}

/** What is wrong below a field, such as with one variable of many. */
function deeper(faults: readonly Fault[], path: Path): string | undefined {
  const found = faults.find((fault) => fault.path.length > path.length && isWithin(fault.path, path));
  return found && `${found.path.slice(path.length).join(".")}: ${found.detail}`;
}

function Parameters({ definition, edits, faults }: Props) {
  const parameters = parametersOf(definition);
  const raw = isObject(definition["parameters"]) ? definition["parameters"] : {};
  const names = parameters.map((one) => one.name);
  const { open, setOpen, focusNext } = useOpenPiece(null);
  const add = () => {
    edits.set(["parameters", freeName(names)], { type: "string", required: true });
    setOpen(parameters.length);
    focusNext(`parameter ${parameters.length + 1}`);
  };
  const error = wordsAt(faults, ["parameters"]);
  return (
    <Panel title="Parameters">
      <div className={classes.stack}>
        {parameters.length === 0 && (
          <Text size="sm" c="dimmed">
            What a run is told, such as a version. Commands ask for it as {"{{ name }}"}.
          </Text>
        )}
        <ErrorLine error={error} />
        {parameters.map((parameter, index) => (
          <Piece
            key={index}
            label={`parameter ${index + 1}`}
            title={parameter.name}
            note={`${parameter.type}, ${parameter.required ? "needed" : parameter.default === undefined ? "optional" : showValue(parameter.default)}`}
            faults={amountIn(faults, ["parameters", parameter.name])}
            open={open === index}
            onToggle={() => setOpen(open === index ? null : index)}
            onRemove={() => {
              edits.set(["parameters", parameter.name], undefined);
              if (open !== null && open >= index) setOpen(open === index ? null : open - 1);
              focusNext(index > 0 ? `parameter ${index}` : "parameter 1");
            }}
          >
            <Suspense fallback={<Loading rows={3} />}>
              <ParameterForm
                parameter={parameter}
                taken={names}
                faultOf={(part) => wordsAt(faults, ["parameters", parameter.name, ...(part ? [part] : [])])}
                change={(changes) => edits.set(["parameters", parameter.name], changedParameter(raw[parameter.name], parameter, changes))}
                rename={(name) => edits.rename(["parameters"], parameter.name, name)}
              />
            </Suspense>
          </Piece>
        ))}
        <Add label="Add a parameter" onClick={add} />
      </div>
    </Panel>
  );
}

function ErrorLine({ error }: { error: string | undefined }) {
  return error ? (
    <Text size="sm" c="var(--opsc-bad)">
      {error}
    </Text>
  ) : null;
}

function Add({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="default" leftSection={<IconPlus size={16} />} className={classes.add ?? ""} onClick={onClick}>
      {label}
    </Button>
  );
}

function freeName(taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = `parameter_${number}`;
    if (!taken.includes(name)) return name;
  }
}
