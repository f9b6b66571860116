import { Alert, Button, Group, Stack } from "@mantine/core";
import { IconUserQuestion } from "@tabler/icons-react";
import type { Run, RunStep } from "@/api/runs";
import { useRole } from "@/api/session";
import { ProblemAlert } from "@/ui/feedback";
import { useStepDefinition } from "./api";
import { useDecision } from "./decision";

/** Why a step is in doubt that nobody was lost for: it waits for the word of a person. */
export const APPROVAL_NEEDED = "approval_needed";

/** Asks whether the run may go on. */
export function Approve({ run, step }: { run: Run; step: RunStep }) {
  const { role, message } = useStepDefinition(run, step);
  const needed = role === "admin" ? "admin" : "operator";
  const may = useRole(needed);
  const { send, sending, problem } = useDecision(run, step);
  return (
    <Alert color="yellow" variant="light" icon={<IconUserQuestion />} title="May this run go on?">
      <Stack gap="sm">
        {typeof message === "string" && <span>{message}</span>}
        {may ? (
          <>
            <ProblemAlert problem={problem} />
            <Group gap="xs">
              <Button onClick={() => void send("succeeded")} loading={sending}>
                Approve
              </Button>
              <Button variant="default" onClick={() => void send("failed")} disabled={sending}>
                Reject
              </Button>
            </Group>
          </>
        ) : (
          <b>{needed === "admin" ? "An admin" : "An operator or admin"} has to decide.</b>
        )}
      </Stack>
    </Alert>
  );
}
