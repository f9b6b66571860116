import { MultiSelect, Select, TagsInput, TextInput } from "@mantine/core";
import { useForm, type UseFormReturnType } from "@mantine/form";
import { useMemo } from "react";
import { FITTING, useCredentials } from "@/api/credentials";
import { type Protocol, type Target, useTargets } from "@/api/targets";
import { tellDone } from "@/ui/feedback";
import { FormDialog } from "@/ui/FormDialog";
import { WholeNumberInput } from "@/ui/WholeNumberInput";
import { useTargetActions } from "./api";
import { formOf, portAfter, rules, type TargetForm, toChanges, toTarget } from "./form";
import { Notes, Winrm } from "./OptionFields";
import { PROTOCOLS } from "./words";
import classes from "./TargetDialog.module.css";

/** Options shown at once; the rest is found by typing. */
const SHOWN = 50;

interface Props {
  target?: Target;
  onClose: () => void;
  /** Called with what was made or changed. */
  onDone?: (target: Target) => void;
}

/** A target to be made or changed. */
export function TargetDialog({ target, onClose, onDone }: Props) {
  const { create, change } = useTargetActions();
  const form = useForm<TargetForm>({ initialValues: formOf(target), validate: rules });
  const submit = async (values: TargetForm) => {
    const saved = target ? await change(target.id, toChanges(values, target)) : await create(toTarget(values));
    tellDone(target ? `${saved.name} is saved` : `${saved.name} is added`);
    onDone?.(saved);
  };
  return (
    <FormDialog
      title={target ? `Edit ${target.name}` : "Add a target"}
      form={form}
      submit={submit}
      action={target ? "Save" : "Add target"}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="Jobs use it to say where a step runs."
        required
        data-autofocus
        autoComplete="off"
        {...form.getInputProps("name")}
      />
      <Place form={form} />
      <CredentialField form={form} />
      <Labels form={form} own={target?.id} />
      {form.values.protocol === "winrm" && <Winrm form={form} />}
      <Notes form={form} />
    </FormDialog>
  );
}

interface FieldProps {
  form: UseFormReturnType<TargetForm>;
}

function Place({ form }: FieldProps) {
  const { data: credentials } = useCredentials();
  const choose = (value: string | null) => {
    const protocol = (value ?? "ssh") as Protocol;
    const { protocol: before, port, credential_ref } = form.values;
    const kept = credentials?.find((one) => String(one.id) === credential_ref);
    form.setFieldValue("port", portAfter(before, protocol, port));
    form.setFieldValue("protocol", protocol);
    if (kept && kept.credential_type !== FITTING[protocol]) form.setFieldValue("credential_ref", null);
  };
  return (
    <div className={classes.place}>
      <Select label="Protocol" data={PROTOCOLS} value={form.values.protocol} onChange={choose} />
      <TextInput
        label="Host or address"
        required
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps("hostname")}
      />
      <WholeNumberInput label="Port" required {...form.getInputProps("port")} />
    </div>
  );
}

function CredentialField({ form }: FieldProps) {
  const { data: credentials, isError } = useCredentials();
  const { protocol, credential_ref } = form.values;
  const fitting = FITTING[protocol];
  const choice = credentials?.filter((one) => one.credential_type === fitting || String(one.id) === credential_ref);
  const none = choice?.length === 0;
  return (
    <Select
      label="Credential"
      description={none ? "There is no credential of a fitting type yet." : "What steps and tests sign in with."}
      error={isError && "The credentials could not be loaded"}
      placeholder="None"
      clearable
      searchable
      limit={SHOWN}
      nothingFoundMessage="No such credential"
      data={choice?.map((one) => ({ value: String(one.id), label: one.name })) ?? []}
      {...form.getInputProps("credential_ref")}
    />
  );
}

function Labels({ form, own }: FieldProps & { own: number | undefined }) {
  const { data: targets } = useTargets();
  const known = useMemo(() => [...new Set(targets?.flatMap((target) => target.tags))].sort(), [targets]);
  const others = useMemo(
    () => targets?.filter(({ id }) => id !== own).map(({ id, name }) => ({ value: String(id), label: name })) ?? [],
    [targets, own],
  );
  return (
    <>
      <TagsInput
        label="Tags"
        description="Enter or a comma ends each, such as role:web."
        data={known}
        limit={SHOWN}
        splitChars={[",", " "]}
        clearable
        {...form.getInputProps("tags")}
        onChange={(tags) => form.setFieldValue("tags", splitTags(tags))}
      />
      <MultiSelect
        label="Needs"
        description="Targets that this one depends on. They cannot be deleted while it does."
        data={others}
        limit={SHOWN}
        searchable
        clearable
        nothingFoundMessage="No such target"
        {...form.getInputProps("depends_on")}
      />
    </>
  );
}

/** What was pasted or typed may hold several. */
const splitTags = (tags: readonly string[]): string[] => [...new Set(tags.flatMap((tag) => tag.split(/[\s,]+/)))].filter(Boolean);
