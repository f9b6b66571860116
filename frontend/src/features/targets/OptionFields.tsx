import { ActionIcon, Button, Checkbox, Select, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { portForHttps, type TargetForm, TRANSPORTS } from "./form";
import classes from "./TargetDialog.module.css";

interface Props {
  form: UseFormReturnType<TargetForm>;
}

const TRANSPORT_WORDS: Record<(typeof TRANSPORTS)[number], string> = {
  ntlm: "NTLM",
  basic: "Basic",
  kerberos: "Kerberos",
  certificate: "Client certificate",
};

/** Options of WinRM. */
export function Winrm({ form }: Props) {
  const https = form.values.winrm.winrm_use_https;
  return (
    <fieldset className={classes.options}>
      <legend>WinRM</legend>
      <Checkbox
        label="Over HTTPS"
        checked={https}
        onChange={(event) => {
          const on = event.currentTarget.checked;
          form.setFieldValue("winrm.winrm_use_https", on);
          form.setFieldValue("port", portForHttps(on, form.values.port));
        }}
      />
      <Checkbox
        label="Check the certificate of the machine"
        description={https ? "Without this, nobody can tell that it is the right machine." : "Only over HTTPS."}
        disabled={!https}
        {...form.getInputProps("winrm.winrm_validate_cert", { type: "checkbox" })}
      />
      <div className={classes.two}>
        <Select
          label="Sign-in"
          placeholder="NTLM, unless told otherwise"
          clearable
          data={TRANSPORTS.map((value) => ({ value, label: TRANSPORT_WORDS[value] }))}
          value={form.values.winrm.winrm_transport || null}
          onChange={(value) => form.setFieldValue("winrm.winrm_transport", value ?? "")}
        />
        <TextInput label="Domain" autoComplete="off" {...form.getInputProps("winrm.domain")} />
      </div>
    </fieldset>
  );
}

/** Free entries of the metadata, one a row. */
export function Notes({ form }: Props) {
  const { notes } = form.values;
  return (
    <fieldset className={classes.options}>
      <legend>Metadata</legend>
      {notes.length === 0 && <div className={classes.hint}>Notes of your own about the target, such as rack or owner.</div>}
      {notes.map((_, index) => (
        <div className={classes.pair} key={index}>
          <TextInput
            aria-label={`Name of entry ${index + 1}`}
            placeholder="Name"
            autoComplete="off"
            {...form.getInputProps(`notes.${index}.key`)}
          />
          <TextInput
            aria-label={`Value of entry ${index + 1}`}
            placeholder="Value"
            autoComplete="off"
            {...form.getInputProps(`notes.${index}.value`)}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={`Remove entry ${index + 1}`}
            onClick={() => form.removeListItem("notes", index)}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => form.insertListItem("notes", { key: "", value: "" })}
        >
          Add an entry
        </Button>
      </div>
    </fieldset>
  );
}
