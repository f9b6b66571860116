import { Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { tellDone } from "@/ui/feedback";
import { FormDialog } from "@/ui/FormDialog";
import { type Conflict, useConflictActions } from "./api";

/** Longest note that the port manager takes. */
const MOST = 500;

interface Props {
  conflict: Conflict;
  suite: string;
  state: "acknowledged" | "suppressed";
  onClose: () => void;
}

/** What a person has to say about a conflict. */
export function NoteDialog({ conflict, suite, state, onClose }: Props) {
  const { note } = useConflictActions(suite);
  const suppresses = state === "suppressed";
  const form = useForm({
    initialValues: { note: conflict.note ?? "" },
    validate: {
      note: (value) => {
        if (value.length > MOST) return `At most ${MOST} characters; these are ${value.length}`;
        return suppresses && value.trim() === "" ? "Say why, for those who wonder later" : null;
      },
    },
  });
  const submit = async (values: { note: string }) => {
    await note(conflict.fingerprint, state, values.note.trim());
    tellDone(suppresses ? "The conflict is suppressed" : "The conflict is acknowledged");
  };
  return (
    <FormDialog
      title={suppresses ? "Suppress this conflict" : "Acknowledge this conflict"}
      form={form}
      submit={submit}
      action={suppresses ? "Suppress" : "Acknowledge"}
      onClose={onClose}
      size="md"
    >
      <Textarea
        label="Note"
        description={
          suppresses
            ? "It is meant to be so: it is hidden and not counted until somebody reopens it. Why?"
            : "It is known and worked on: it stays in the list. What is being done?"
        }
        required={suppresses}
        autosize
        minRows={3}
        maxRows={8}
        data-autofocus
        {...form.getInputProps("note")}
      />
    </FormDialog>
  );
}
