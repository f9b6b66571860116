import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useState } from "react";
import { type Problem, toProblem } from "@/api/problem";
import { ProblemAlert } from "@/ui/feedback";
import { count } from "@/ui/format";
import { Loaded, Loading } from "@/ui/states";
import { type Restored, type Source, useConfigurationActions, useDifference } from "./api";
import { Changes, isNothing, Reservations } from "./Changes";

interface Props {
  suite: string;
  source: Source;
  onClose: () => void;
  /** Shows what restoring another backup would change. */
  goTo: (backup: string) => void;
}

/** What a restore or a reset would change, the word that starts it, and what it did. */
export function DifferenceDialog({ suite, source, onClose, goTo }: Props) {
  const isReset = source === "defaults";
  const { bringBack } = useConfigurationActions(suite);
  const [typed, setTyped] = useState("");
  const [sending, setSending] = useState(false);
  const [done, setDone] = useState<Restored | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const difference = useDifference(suite, source, !sending && !done);
  const isReady = difference.data !== undefined && !isNothing(difference.data) && (!isReset || typed === suite);
  const send = async () => {
    setSending(true);
    setProblem(null);
    try {
      setDone(await bringBack(source));
    } catch (failure) {
      setProblem(toProblem(failure));
    } finally {
      setSending(false);
    }
  };
  // What is under way goes on; its end should be seen.
  const close = () => !sending && onClose();
  return (
    <Modal opened onClose={close} title={titleOf(source, suite)} size="lg" closeOnClickOutside={false}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void send();
        }}
      >
        <Stack>
          <ProblemAlert problem={problem} />
          {done ? (
            <Done done={done} />
          ) : (
            <Loaded query={difference} loading={<Loading rows={4} />}>
              {(wanted) => <Wanted wanted={wanted} isReset={isReset} />}
            </Loaded>
          )}
          {!done && isReset && difference.data && !isNothing(difference.data) && (
            <TextInput
              label={`Type ${suite} to go on`}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          <Group justify="flex-end">
            {done?.automatic_backup && (
              <Button variant="default" onClick={() => goTo(done.automatic_backup ?? "")}>
                Take it back
              </Button>
            )}
            <Button variant="default" onClick={close} data-autofocus={done ? true : undefined}>
              {done ? "Close" : "Cancel"}
            </Button>
            {!done && (
              <Button type="submit" color="red" loading={sending} disabled={!isReady}>
                {isReset ? "Reset" : "Restore"}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const titleOf = (source: Source, suite: string): string =>
  source === "defaults" ? `Reset the ports of ${suite}` : `Restore ${source.backup}`;

function Wanted({ wanted, isReset }: { wanted: Restored; isReset: boolean }) {
  if (isNothing(wanted)) {
    return (
      <Alert variant="light" icon={<IconInfoCircle />} title="Nothing would change">
        {isReset ? "Each service has its default port, and nothing is reserved." : "Ports and reservations are as in this backup."}
      </Alert>
    );
  }
  return (
    <>
      <Text size="sm">
        {isReset && "Each service gets its default port; those without one have none, and nothing stays reserved. "}
        {count(wanted.changes.length, "port")} would change. The state before is kept as a backup.
      </Text>
      <Changes changes={wanted.changes} />
      <Reservations reserved={wanted.reserved} unreserved={wanted.unreserved} />
      <Text size="sm" c="dimmed">
        Only the record changes: services that run stay where they are until they are restarted.
        {!isReset && " To move them as they run, open the backup as a document and apply it."}
      </Text>
    </>
  );
}

function Done({ done }: { done: Restored }) {
  return (
    <>
      <Text size="sm" role="status">
        {count(done.changes.length, "port")} changed.
        {done.automatic_backup && (
          <>
            {" "}
            The state before is kept as <b>{done.automatic_backup}</b>.
          </>
        )}
      </Text>
      <Changes changes={done.changes} />
    </>
  );
}
