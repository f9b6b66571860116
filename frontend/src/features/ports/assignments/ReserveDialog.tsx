import { TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { tellDone } from "@/ui/feedback";
import { FormDialog } from "@/ui/FormDialog";
import { WholeNumberInput } from "@/ui/WholeNumberInput";
import { useAvailability, useNextFree, usePortActions } from "../api";
import { parsePort } from "./port";
import { Verdict } from "./Verdict";

/** A port that nobody is to be given. */
export function ReserveDialog({ suite, onClose }: { suite: string; onClose: () => void }) {
  const { reserve } = usePortActions(suite);
  const next = useNextFree(suite);
  const form = useForm({
    initialValues: { port: "" as number | string, reason: "" },
    validate: { port: (value) => (parsePort(value) === null ? "A port from 1 to 65535" : null) },
  });
  const typed = parsePort(form.values.port);
  const [asked] = useDebouncedValue(typed, 200);
  const answer = useAvailability(asked);
  return (
    <FormDialog
      title="Reserve a port"
      form={form}
      submit={async ({ port, reason }) => {
        const { message } = await reserve(Number(port), reason.trim());
        tellDone(message);
      }}
      action="Reserve"
      onClose={onClose}
      size="md"
    >
      <WholeNumberInput
        label="Port"
        required
        data-autofocus
        placeholder={next.data ? `such as ${next.data}` : ""}
        {...form.getInputProps("port")}
      />
      <Verdict port={typed} asked={asked} answer={answer} />
      <TextInput label="Reason" description="What it is kept free for." maxLength={500} {...form.getInputProps("reason")} />
    </FormDialog>
  );
}
