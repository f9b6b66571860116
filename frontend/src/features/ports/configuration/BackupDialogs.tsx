import { Alert, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Problem } from "@/api/problem";
import { tellDone } from "@/ui/feedback";
import { FormDialog } from "@/ui/FormDialog";
import { useConfigurationActions } from "./api";

/** What a name may be made of; the port manager says the same. */
const NAME = /^(?!\.)[A-Za-z0-9._-]{0,119}$/;
const checkName = (name: string): string | null =>
  NAME.test(name.trim()) ? null : "Letters, digits, ., _ and -, without a path and no . at its start";

/** Keeps the present state under a name. */
export function MakeBackup({ suite, onClose }: { suite: string; onClose: () => void }) {
  const { makeBackup } = useConfigurationActions(suite);
  const form = useForm({ initialValues: { backup_file: "" }, validate: { backup_file: checkName } });
  return (
    <FormDialog
      title="Make a backup"
      form={form}
      submit={async ({ backup_file }) => {
        const kept = await makeBackup(backup_file.trim());
        tellDone(`Kept as ${kept.backup_file}`);
      }}
      action="Make a backup"
      onClose={onClose}
      size="md"
    >
      <TextInput
        label="Name"
        description="Left empty, it is named by the time."
        placeholder="before-the-move.json"
        autoComplete="off"
        data-autofocus
        {...form.getInputProps("backup_file")}
      />
    </FormDialog>
  );
}

/** Takes over a backup file from elsewhere, such as one of another port manager. */
export function UploadBackup({ suite, file, onClose }: { suite: string; file: File; onClose: () => void }) {
  const { uploadBackup } = useConfigurationActions(suite);
  const form = useForm({
    initialValues: { backup_file: file.name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^\.+/, "").slice(0, 119) },
    validate: { backup_file: checkName },
  });
  return (
    <FormDialog
      title="Upload a backup"
      form={form}
      submit={async ({ backup_file }) => {
        const kept = await uploadBackup(backup_file.trim(), await readJson(file));
        tellDone(`${kept.backup_file} can be restored`);
      }}
      action="Upload"
      onClose={onClose}
      size="md"
    >
      <Text size="sm">
        The file <b>{file.name}</b> is checked and kept. Nothing changes until it is restored.
      </Text>
      {file.size > 5_000_000 && (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle />}>
          The file is very large for a backup.
        </Alert>
      )}
      <TextInput label="Name" autoComplete="off" data-autofocus {...form.getInputProps("backup_file")} />
    </FormDialog>
  );
}

async function readJson(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text());
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    throw new Problem(400, "client.no_json", `${file.name} is no backup file: it is not JSON (${why}).`);
  }
}
