import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { type Problem, toProblem } from "@/api/problem";
import { useCallback, useState } from "react";
import { usePortEvents } from "@/live/ports";
import { ProblemAlert } from "@/ui/feedback";
import { count } from "@/ui/format";
import { Loaded, Loading } from "@/ui/states";
import { type Resolution, type Resolutions, useConflictActions, useResolutionPlan } from "./api";
import { Moves } from "./Moves";

/** The proposed plan, the word that starts it, and what became of each move. */
export function ResolveDialog({ suite, onClose }: { suite: string; onClose: () => void }) {
  const { planned, done, problem, start, isMoved } = useResolving(suite);
  const plan = useResolutionPlan(suite, planned === null);
  const close = () => {
    // What is under way goes on; its end should be seen.
    if (!planned || done || problem) onClose();
  };
  return (
    <Modal opened onClose={close} title={done ? "What was done" : "Resolve by moving services"} size="xl" closeOnClickOutside={false}>
      <Stack>
        <ProblemAlert problem={problem} title="The conflicts were not resolved" />
        {done && <Outcome done={done} />}
        {!done && planned && <UnderWay plan={planned} isMoved={isMoved} failed={problem !== null} />}
        {!planned && (
          <>
            {plan.isError && plan.error.status === 409 ? (
              <NoWay problem={plan.error} />
            ) : (
              <Loaded query={plan} loading={<Loading rows={4} />}>
                {(proposed) => <Proposal plan={proposed} />}
              </Loaded>
            )}
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} disabled={planned !== null && !done && !problem} data-autofocus={done ? true : undefined}>
            {planned ? "Close" : "Cancel"}
          </Button>
          {!planned && plan.data && plan.data.count > 0 && (
            <Button onClick={() => void start(plan.data)}>Move {count(plan.data.count, "service")}</Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

/** Carrying a plan out, and what is heard of it meanwhile. */
function useResolving(suite: string) {
  const { resolve } = useConflictActions(suite);
  const [planned, setPlanned] = useState<Resolutions | null>(null);
  const [moved, setMoved] = useState<ReadonlySet<string>>(new Set());
  const [done, setDone] = useState<Resolutions | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  usePortEvents(
    useCallback((event) => {
      if (event.type === "port_change") setMoved((before) => new Set(before).add(`${event.service_id} ${event.new_port}`));
    }, []),
  );
  const start = async (plan: Resolutions) => {
    setPlanned(plan);
    setMoved(new Set());
    try {
      setDone(await resolve());
    } catch (failure) {
      setProblem(toProblem(failure));
    }
  };
  return { planned, done, problem, start, isMoved: (move: Resolution) => moved.has(`${move.service} ${move.new_port}`) };
}

function Proposal({ plan }: { plan: Resolutions }) {
  if (plan.count === 0) {
    return (
      <Alert variant="light" icon={<IconInfoCircle />} title="There is nothing to move">
        No two services share a port, and nobody else holds one. What else is wrong is not helped by moving services: each
        conflict says what helps.
      </Alert>
    );
  }
  const { cost, optimal, lower_bound } = plan.plan;
  return (
    <>
      <Text size="sm">
        {count(plan.count, "service")} {plan.count === 1 ? "moves" : "move, in this order"}. One that runs is told to move, and
        has to answer at its new port before that counts; if it does not, it stays where it is.
      </Text>
      <Moves moves={plan.resolutions} />
      <Text size="sm" c="dimmed">
        Interruptions weigh {cost} in all, by how much each service matters;{" "}
        {optimal ? "no other plan interrupts less." : `another plan might do with ${lower_bound}, but none was found.`}
      </Text>
    </>
  );
}

/** Moving cannot solve it. */
function NoWay({ problem }: { problem: Problem }) {
  return (
    <Alert variant="light" color="yellow" icon={<IconInfoCircle />} title="Moving services does not help">
      {problem.detail}
    </Alert>
  );
}

interface UnderWayProps {
  plan: Resolutions;
  isMoved: (move: Resolution) => boolean;
  /** The answer did not come: what was heard is all that is known. */
  failed: boolean;
}

function UnderWay({ plan, isMoved, failed }: UnderWayProps) {
  const moved = plan.resolutions.filter(isMoved).length;
  return (
    <>
      <Text size="sm" role="status">
        {moved} of {count(plan.count, "service")} moved
      </Text>
      <Moves moves={plan.resolutions} state={(move) => (isMoved(move) ? "moved" : failed ? "unknown" : "moving")} />
    </>
  );
}

function Outcome({ done }: { done: Resolutions }) {
  const failed = done.resolutions.filter((move) => !move.success).length;
  return (
    <>
      <Text size="sm" role="status">
        {done.count === 0 && "There was nothing to move any more."}
        {done.count > 0 && failed === 0 && `${count(done.count, "service")} moved.`}
        {failed > 0 && `${failed} of ${count(done.count, "service")} did not move and stay where they were.`}
      </Text>
      {done.count > 0 && <Moves moves={done.resolutions} state={(move) => (move.success ? "moved" : "failed")} />}
    </>
  );
}
