import { Checkbox, PasswordInput, Select, Text, Textarea, TextInput } from "@mantine/core";
import { type GetInputPropsReturnType, useForm } from "@mantine/form";
import { useRef } from "react";
import { useNavigate } from "react-router";
import { useRunActions } from "@/api/runs";
import { FormDialog } from "@/ui/FormDialog";
import { count } from "@/ui/format";
import { WholeNumberInput } from "@/ui/WholeNumberInput";
import type { Job } from "./api";
import { type Parameter, parametersOf, stepsOf } from "./definition";
import { faultOf, type FieldValue, sentValues, startValues } from "./values";

interface Props {
  job: Job;
  /** Values of an earlier run. */
  given?: Record<string, unknown>;
  /** Whether a run was started: the address leads to it by then. */
  onClose: (started: boolean) => void;
}

/** Asks for the parameters of a run and starts it. */
export function RunDialog({ job, given, onClose }: Props) {
  const parameters = parametersOf(job.definition);
  const { start } = useRunActions();
  const navigate = useNavigate();
  const started = useRef(false);
  const keyFor = useRunKey();
  const form = useForm<{ parameters: Record<string, FieldValue> }>({
    initialValues: { parameters: startValues(parameters, given) },
    validate: {
      parameters: Object.fromEntries(
        parameters.map((one) => [one.name, (value: FieldValue | undefined) => faultOf(one, value)]),
      ),
    },
  });
  const submit = async ({ parameters: values }: { parameters: Record<string, FieldValue> }) => {
    const sent = sentValues(parameters, values);
    const run = await start(job.id, sent, keyFor(sent));
    started.current = true;
    void navigate(`/runs/${run.id}`);
  };
  return (
    <FormDialog title={`Run ${job.name}`} form={form} submit={submit} action="Run" onClose={() => onClose(started.current)} size="md">
      <Text size="sm" c="dimmed">
        Version {job.version}, {count(stepsOf(job.definition).length, "step")}.{" "}
        {parameters.length === 0 && "It takes no parameters."}
      </Text>
      {parameters.map((one, index) => (
        <Field
          key={one.name}
          parameter={one}
          first={index === 0}
          input={form.getInputProps(`parameters.${one.name}`, { type: one.type === "boolean" ? "checkbox" : "input" })}
        />
      ))}
    </FormDialog>
  );
}

/** One key for each set of values, so that sending the same again starts nothing twice. */
function useRunKey(): (values: Record<string, FieldValue>) => string {
  const keys = useRef(new Map<string, string>());
  return (values) => {
    const text = JSON.stringify(values);
    const key = keys.current.get(text) ?? crypto.randomUUID();
    keys.current.set(text, key);
    return key;
  };
}

interface FieldProps {
  parameter: Parameter;
  first: boolean;
  input: GetInputPropsReturnType;
}

function Field({ parameter, first, input }: FieldProps) {
  const { name, type, required, description, values, min, max, pattern } = parameter;
  const common = {
    label: name,
    description: description || undefined,
    required,
    ...(first && { "data-autofocus": true }),
    ...input,
  };
  switch (type) {
    case "boolean":
      return <Checkbox {...common} />;
    case "integer":
      return <WholeNumberInput {...common} {...(min !== undefined && { min })} {...(max !== undefined && { max })} />;
    case "enum":
      return <Select {...common} data={[...new Set(values)]} clearable={!required && parameter.default === undefined} />;
    case "secret":
      return <PasswordInput {...common} autoComplete="off" />;
    default: {
      const long = typeof parameter.default === "string" && parameter.default.includes("\n");
      const hint = pattern ? { placeholder: `fits ${pattern}` } : {};
      return long ? <Textarea {...common} {...hint} autosize minRows={3} maxRows={12} /> : <TextInput {...common} {...hint} autoComplete="off" />;
    }
  }
}
