/** Asking before something is done that cannot be taken back. */

import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState, useSyncExternalStore } from "react";
import { Store } from "@/api/store";

interface Question {
  title: string;
  /** What will happen, in words. */
  body: ReactNode;
  /** The word on the button, such as "Delete target". */
  action: string;
  /** Nothing is destroyed: the button is not red. */
  harmless?: boolean;
  /** What has to be typed first. */
  typed?: string;
}

interface Asked extends Question {
  answer: (yes: boolean) => void;
}

const open = new Store<Asked | null>(null);

/** Asks, and answers whether the person wants it. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    open.get()?.answer(false);
    open.set({
      ...question,
      answer: (yes) => {
        open.set(null);
        resolve(yes);
      },
    });
  });
}

/** Above the form that a question is about. */
const Z_INDEX = 400;

/** Where questions are shown; once, in the shell. */
export function Confirmations() {
  const asked = useSyncExternalStore(open.watch, open.get);
  return (
    <Modal opened={asked !== null} onClose={() => asked?.answer(false)} title={asked?.title} size="md" zIndex={Z_INDEX}>
      {asked && <Body asked={asked} />}
    </Modal>
  );
}

function Body({ asked }: { asked: Asked }) {
  const [text, setText] = useState("");
  const ready = asked.typed === undefined || text === asked.typed;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) asked.answer(true);
      }}
    >
      <Stack>
        <Text component="div" size="sm">
          {asked.body}
        </Text>
        {asked.typed !== undefined && (
          <TextInput
            data-autofocus
            label={`Type ${asked.typed} to go on`}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autoComplete="off"
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => asked.answer(false)}>
            Cancel
          </Button>
          <Button
            type="submit"
            color={asked.harmless ? undefined : "red"}
            disabled={!ready}
            data-autofocus={asked.typed === undefined ? true : undefined}
          >
            {asked.action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
