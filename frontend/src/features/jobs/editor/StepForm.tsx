import { Checkbox, Select, TextInput, Textarea } from "@mantine/core";
import { WholeNumberInput } from "@/ui/WholeNumberInput";
import type { TargetChoice } from "../api";
import { type Json, needsTarget, STEP_TYPES, textOf, usualSeconds, workField } from "../definition";
import { CopyFields } from "./CopyFields";
import { PairsField } from "./PairsField";
import { BecomeField, KindFields } from "./KindFields";
import { OptionFields } from "./OptionFields";
import { UndoFields } from "./UndoFields";
import classes from "./Editor.module.css";

/** A part of the definition whose fields are shown. */
export interface Part {
  /** What is wrong with a field. */
  faultOf: (field: string) => string | undefined;
  set: (field: string, value: unknown) => void;
}

/** What the fields of a step need. */
export interface StepProps extends Part {
  step: Json;
  /** What undoes it; without that it is such a step itself, which has no place of its own. */
  undo?: Part;
  targets: readonly TargetChoice[];
  /** Whether the job chooses the targets of steps that name none. */
  fleet: boolean;
  /** Names that commands may ask for. */
  parameters: readonly string[];
}

const SHELLS: Record<string, string[]> = { "ssh.exec": ["bash", "sh", "dash", "ksh", "zsh"], "winrm.exec": ["powershell", "cmd"] };
/** Fields that belong to some types only. */
const OWN_FIELDS: Record<string, readonly string[]> = {
  "ssh.exec": ["target", "command", "script", "shell", "stdin", "env", "detach", "become"],
  "winrm.exec": ["target", "command"],
  "ssh.copy": ["target", "destPath", "contentB64", "fromUrl", "sha256", "mode", "owner", "overwrite", "become"],
  "winrm.copy": ["target", "destPath", "contentB64", "fromUrl", "sha256", "overwrite"],
  "ssh.fetch": ["target", "path", "max_bytes", "as", "become"],
  "http.request": ["target", "method", "path", "url", "headers", "body", "expected_status", "extract"],
  wait: ["target", "for"],
  approval: ["role", "message"],
  job: ["job", "parameters"],
};
const ON_ERROR = [
  { value: "stop", label: "Stop the run" },
  { value: "continue", label: "Go on, and fail at the end" },
  { value: "ignore", label: "Go on as if it had worked" },
];

/** Fields that another type would not know, so that they go when the type changes. */
export function strangeFields(step: Json, type: string): string[] {
  const known = OWN_FIELDS[type] ?? [];
  // A target that was not chosen yet need not be, where none is needed.
  const empty = textOf(step["target"]) === "" && !needsTarget({ type }) ? ["target"] : [];
  return [...new Set(Object.values(OWN_FIELDS).flat())].filter((field) => field in step && (!known.includes(field) || empty.includes(field)));
}

/** The fields of one step. */
export function StepForm(props: StepProps) {
  const { step, faultOf, set } = props;
  const type = textOf(step["type"]);
  const exec = type.endsWith(".exec");
  return (
    <>
      <div className={classes.pair}>
        <TextInput
          label="Name"
          description="What it does, for people"
          placeholder={type || "such as stop the service"}
          value={textOf(step["name"])}
          error={faultOf("name")}
          onChange={(event) => set("name", event.currentTarget.value || undefined)}
        />
        <Select
          label="Type"
          description={type.startsWith("winrm") ? "Can be saved; this version cannot run it yet" : "What kind of work it is"}
          data={STEP_TYPES.map(({ value, label }) => ({ value, label }))}
          value={STEP_TYPES.some((one) => one.value === type) ? type : null}
          placeholder={type || "Choose"}
          error={faultOf("type")}
          onChange={(value) => set("type", value ?? undefined)}
        />
      </div>
      {props.undo && type !== "approval" && type !== "job" && <TargetField {...props} />}
      {exec && <ExecFields {...props} />}
      {type.endsWith(".copy") && <CopyFields {...props} />}
      <KindFields {...props} />
      {type.startsWith("ssh.") && <BecomeField {...props} />}
      <div className={classes.pair}>
        <WholeNumberInput
          label="Time limit in seconds"
          placeholder={String(usualSeconds(step) ?? "as long as it waits")}
          min={1}
          max={86_400}
          value={typeof step["timeoutSec"] === "number" ? step["timeoutSec"] : textOf(step["timeoutSec"])}
          error={faultOf("timeoutSec")}
          onChange={(value) => set("timeoutSec", value === "" ? undefined : value)}
        />
        <Select
          label="If it fails"
          data={ON_ERROR}
          value={textOf(step["on_error"]) || "stop"}
          error={faultOf("on_error")}
          onChange={(value) => set("on_error", value === "stop" ? undefined : value)}
        />
      </div>
      <OptionFields {...props} />
      {needsTarget(step) && <Checkbox
        label="May run twice"
        description="It does no harm when it runs again: it is repeated on its own if its executor is lost."
        checked={step["idempotent"] === true}
        error={faultOf("idempotent")}
        onChange={(event) => set("idempotent", event.currentTarget.checked || undefined)}
      />}
      {props.undo && <UndoFields {...props} undo={props.undo} />}
    </>
  );
}

function TargetField({ step, targets, fleet, faultOf, set }: StepProps) {
  const target = textOf(step["target"]);
  const protocol = STEP_TYPES.find((one) => one.value === step["type"])?.protocol ?? undefined;
  const needed = !fleet && needsTarget(step);
  const fitting = targets.filter((one) => protocol === undefined || one.protocol === protocol || one.name === target);
  const data = fitting.map((one) => ({ value: one.name, label: one.name }));
  if (target !== "" && !fitting.some((one) => one.name === target)) data.push({ value: target, label: target });
  return (
    <Select
      label="Target"
      required={needed}
      clearable={!needed}
      data={data}
      value={target || null}
      placeholder={fleet ? "All targets of the job" : needed ? "Choose a target" : "None"}
      searchable
      limit={100}
      nothingFoundMessage={targets.length === 0 ? "There are no targets yet" : `No such target for ${protocol ?? "this type"}`}
      error={faultOf("target")}
      onChange={(value) => set("target", value ?? (needed ? "" : undefined))}
    />
  );
}

function ExecFields({ step, parameters, faultOf, set }: StepProps) {
  const type = textOf(step["type"]);
  const shells = SHELLS[type] ?? [];
  const work = workField(step);
  const hint = parameters.length > 0 ? `Parameters: ${parameters.map((name) => `{{ ${name} }}`).join(", ")}; quoted for the shell` : undefined;
  return (
    <>
      <Textarea
        label={work === "script" ? "Script" : "Command"}
        description={hint}
        required
        autosize
        minRows={3}
        maxRows={24}
        spellCheck={false}
        classNames={{ input: classes.code ?? "" }}
        value={textOf(step[work])}
        error={faultOf(work)}
        onChange={(event) => set(work, event.currentTarget.value)}
      />
      <Select
        label="Shell"
        data={shells}
        value={textOf(step["shell"]) || (shells[0] ?? null)}
        error={faultOf("shell")}
        onChange={(value) => set("shell", value === shells[0] ? undefined : value)}
      />
      {type === "ssh.exec" && (
        <div className={classes.pair}>
          <Textarea
            label="Standard input"
            description="What the command reads"
            autosize
            minRows={2}
            maxRows={12}
            spellCheck={false}
            classNames={{ input: classes.code ?? "" }}
            value={textOf(step["stdin"])}
            error={faultOf("stdin")}
            onChange={(event) => set("stdin", event.currentTarget.value || undefined)}
          />
          <PairsField label="Environment" value={step["env"]} error={faultOf("env")} onChange={(value) => set("env", value)} />
        </div>
      )}
    </>
  );
}
