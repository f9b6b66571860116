import { Checkbox, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { WholeNumberInput } from "@/ui/WholeNumberInput";
import type { Json, Parameter, ParameterType } from "../definition";
import classes from "./Editor.module.css";

const TYPES: { value: ParameterType; label: string }[] = [
  { value: "string", label: "Text" },
  { value: "integer", label: "Whole number" },
  { value: "boolean", label: "Yes or no" },
  { value: "enum", label: "One of some values" },
  { value: "secret", label: "Secret: typed for each run, hidden in output" },
];
interface Props {
  parameter: Parameter;
  /** Names that are taken. */
  taken: readonly string[];
  faultOf: (part: string) => string | undefined;
  change: (changes: Json) => void;
  rename: (name: string) => void;
}

/** The fields of one parameter. */
export default function ParameterForm(props: Props) {
  const { parameter, faultOf, change } = props;
  const { type, required, description } = parameter;
  return (
    <>
      <div className={classes.pair}>
        <NameField {...props} />
        <Select
          label="Type"
          data={TYPES}
          value={type}
          error={faultOf("type")}
          onChange={(value) => change({ type: value ?? "string" })}
        />
      </div>
      <TextInput
        label="What it is for"
        description="Shown to who starts the job"
        value={description}
        error={faultOf("description")}
        onChange={(event) => change({ description: event.currentTarget.value || undefined })}
      />
      {type === "enum" && (
        <TagsInput
          label="Values to choose from"
          description="Enter after each"
          value={parameter.values}
          error={faultOf("values")}
          onChange={(values) => change({ values })}
        />
      )}
      <DefaultField {...props} />
      <Checkbox
        label="Has to be given"
        description={parameter.default === undefined ? "A run without it is refused." : "With a default, it never has to be given."}
        checked={required}
        disabled={parameter.default !== undefined}
        error={faultOf("required")}
        onChange={(event) => change({ required: event.currentTarget.checked || undefined })}
      />
      <Limits {...props} />
    </>
  );
}

function NameField({ parameter: { name }, taken, faultOf, rename }: Props) {
  const [typed, setTyped] = useState(name);
  const [shown, setShown] = useState(name);
  if (shown !== name) {
    // It was changed in the YAML.
    setShown(name);
    setTyped(name);
  }
  const clash = typed !== name && taken.includes(typed);
  return (
    <TextInput
      label="Name"
      required
      spellCheck={false}
      value={typed}
      error={clash ? "There is a parameter of this name" : faultOf("")}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => {
        if (typed !== name && typed !== "" && !clash) rename(typed);
      }}
    />
  );
}

function DefaultField({ parameter, faultOf, change }: Props) {
  const { type, default: usual, values } = parameter;
  const common = { label: "Default", error: faultOf("default") };
  if (type === "secret") return null;
  const set = (value: unknown) => change({ default: value, ...(value !== undefined && { required: undefined }) });
  if (type === "boolean") {
    const data = ["true", "false"];
    return <Select {...common} data={data} value={typeof usual === "boolean" ? String(usual) : null} clearable onChange={(value) => set(value === null ? undefined : value === "true")} />;
  }
  if (type === "integer") {
    return <WholeNumberInput {...common} value={typeof usual === "number" ? usual : ""} onChange={(value) => set(value === "" ? undefined : value)} />;
  }
  if (type === "enum") {
    return <Select {...common} data={[...new Set(values)]} value={typeof usual === "string" ? usual : null} clearable onChange={(value) => set(value ?? undefined)} />;
  }
  return (
    <Textarea
      {...common}
      autosize
      minRows={1}
      maxRows={8}
      value={typeof usual === "string" ? usual : ""}
      onChange={(event) => set(event.currentTarget.value || undefined)}
    />
  );
}

function Limits({ parameter: { type, pattern, min, max }, faultOf, change }: Props) {
  if (type !== "string" && type !== "integer") return null;
  const unit = type === "string" ? "characters" : "value";
  return (
    <div className={classes.pair}>
      <WholeNumberInput label={`Least ${unit}`} value={min ?? ""} error={faultOf("min")} onChange={(value) => change({ min: value === "" ? undefined : value })} />
      <WholeNumberInput label={`Most ${unit}`} value={max ?? ""} error={faultOf("max")} onChange={(value) => change({ max: value === "" ? undefined : value })} />
      {type === "string" && (
        <TextInput
          label="Pattern"
          description="The whole text has to fit"
          placeholder="[a-z0-9-]+"
          spellCheck={false}
          value={pattern}
          error={faultOf("pattern")}
          onChange={(event) => change({ pattern: event.currentTarget.value || undefined })}
        />
      )}
    </div>
  );
}
