import { Button, Group, Modal, type ModalProps, Stack } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { type Problem, toProblem } from "@/api/problem";
import { confirm } from "./confirm";
import { faultsOf, ProblemAlert } from "./feedback";
import { useReturnFocus } from "./focus";

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
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
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
  const send = form.onSubmit(async (values) => {
    setSending(true);
    setProblem(null);
    try {
      await submit(values);
      onClose();
    } catch (failure) {
      const refused = toProblem(failure);
      form.setErrors(faultsOf(refused));
      setProblem(refused);
    } finally {
      setSending(false);
    }
  });
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
