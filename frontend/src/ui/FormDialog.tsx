import { Button, Group, Modal, type ModalProps, Stack } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { confirm } from "./confirm";
import { ProblemAlert } from "./feedback";
import { useReturnFocus } from "./focus";
import { useSending } from "./sending";

interface Props<V extends object> {
  title: string;
  form: UseFormReturnType<V>;
  /** Sends what was typed. A refusal goes to the fields, and the form stays as it is. */
  submit: (values: V) => Promise<void>;
  /** The word on the button. */
  action: string;
  onClose: () => void;
  size?: ModalProps["size"];
  children: ReactNode;
}

/** A form in a dialog. It closes when it was sent, or when nothing that was typed is lost. */
export function FormDialog<V extends object>({ title, form, submit, action, onClose, size, children }: Props<V>) {
  const { send, sending, problem } = useSending(form, async (values) => {
    await submit(values);
    onClose();
  });
  useReturnFocus();
  const close = async () => {
    if (sending) return;
    const leave =
      !form.isDirty() ||
      (await confirm({
        title: "Discard what you typed?",
        body: "The form has changes that are not saved.",
        action: "Discard",
      }));
    if (leave) onClose();
  };
  return (
    <Modal opened onClose={() => void close()} title={title} size={size ?? "lg"} closeOnClickOutside={false}>
      <form onSubmit={send} noValidate>
        <Stack>
          <ProblemAlert problem={problem} shown={pathsOf(form.getValues())} />
          {children}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => void close()}>
              Cancel
            </Button>
            <Button type="submit" loading={sending}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Names of all fields, such as `name` and `data.password`. */
function pathsOf(values: object, prefix = ""): string[] {
  return Object.entries(values).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? pathsOf(value, `${prefix}${name}.`)
      : [prefix + name],
  );
}
