import { Alert, Button } from "@mantine/core";
import { IconArrowRight, IconInfoCircle, IconRoute } from "@tabler/icons-react";
import { useCallback, useState } from "react";
import { type Problem, toProblem } from "@/api/problem";
import { useRole } from "@/api/session";
import { usePortEvents } from "@/live/ports";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { ProblemAlert } from "@/ui/feedback";
import { count } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Status } from "@/ui/Status";
import { type Conflict, type Resolution, type Resolutions, useConflictActions, useResolutionPlan } from "./api";
import classes from "./Conflicts.module.css";

/** Moves that a question names before it only counts them. */
const NAMED = 8;

interface Props {
  suite: string;
  conflicts: readonly Conflict[];
}

/** What the port manager would move, one click that does it, and what became of each move. */
export function PlanPanel({ suite, conflicts }: Props) {
  const mayResolve = useRole("operator");
  const resolving = useResolving(suite);
  const plan = useResolutionPlan(suite, mayResolve && conflicts.length > 0 && !resolving.planned);
  const shown = resolving.planned ?? plan.data;
  if (!mayResolve) return null;
  if (resolving.done || resolving.problem) return <Outcome {...resolving} />;
  if (conflicts.length === 0) return null;
  if (plan.isError && !resolving.planned) return <NoWay problem={plan.error} />;
  if (!shown || shown.count === 0) return null;
  return (
    <Panel
      title="Proposed plan"
      flush
      aside={
        <Button
          size="compact-sm"
          leftSection={<IconRoute size={15} />}
          loading={resolving.planned !== null}
          onClick={() => void askResolve(shown, resolving.start)}
        >
          Resolve
        </Button>
      }
    >
      <div className={classes.sum} data-above>
        {describe(shown)}
      </div>
      <Moves moves={shown.resolutions} state={(move) => resolving.stateOf(move)} />
    </Panel>
  );
}

/** No plan solves it, or none can be made. */
function NoWay({ problem }: { problem: Problem }) {
  if (problem.status !== 409) return <ProblemAlert problem={problem} title="There is no plan" />;
  return (
    <Alert variant="light" color="yellow" icon={<IconInfoCircle />} title="Moving services does not help">
      {problem.detail}
    </Alert>
  );
}

/** How much a plan moves, and whether it could be less. */
function describe({ count: moves, plan }: Resolutions): string {
  const best = plan.optimal
    ? "no plan does with less"
    : `a plan with as little as ${plan.lower_bound} may exist, but was not found`;
  return `${count(moves, "service")} to be moved, in this order. The interruptions weigh ${plan.cost} in all; ${best}.`;
}

async function askResolve(plan: Resolutions, start: (plan: Resolutions) => Promise<void>): Promise<void> {
  const rest = plan.count - NAMED;
  const yes = await confirm({
    title: `Move ${count(plan.count, "service")}?`,
    body: (
      <>
        Services that run are told to move, and have to answer at the new port before it counts; if one does not, it
        stays where it is.
        <ul className={classes.moves}>
          {plan.resolutions.slice(0, NAMED).map((move) => (
            <li key={move.service}>
              <b>{move.service}</b>
              <Ports move={move} />
            </li>
          ))}
          {rest > 0 && <li>and {count(rest, "more", "more")}</li>}
        </ul>
      </>
    ),
    action: `Move ${count(plan.count, "service")}`,
    harmless: true,
  });
  if (yes) await start(plan);
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
    setProblem(null);
    try {
      setDone(await resolve());
    } catch (failure) {
      setProblem(toProblem(failure));
    } finally {
      setPlanned(null);
    }
  };
  return {
    planned,
    done,
    problem,
    start,
    stateOf: (move: Resolution) => {
      if (!planned) return null;
      return moved.has(`${move.service} ${move.new_port}`) ? "moved" : "moving";
    },
    dismiss: () => {
      setDone(null);
      setProblem(null);
    },
  };
}

/** What became of the moves, until it was read. */
function Outcome({ done, problem, dismiss }: Pick<ReturnType<typeof useResolving>, "done" | "problem" | "dismiss">) {
  const close = (
    <Button size="compact-sm" variant="default" onClick={dismiss}>
      Close
    </Button>
  );
  if (!done) {
    return (
      <Panel title="Not resolved" aside={close}>
        <ProblemAlert problem={problem} title="The conflicts were not resolved" />
      </Panel>
    );
  }
  const failed = done.resolutions.filter((move) => !move.success).length;
  return (
    <Panel title="What was done" flush aside={close}>
      <div className={classes.sum} data-above role="status">
        {done.count === 0 && "There was nothing to be moved any more."}
        {done.count > 0 && failed === 0 && `${count(done.count, "service")} moved.`}
        {failed > 0 && `${failed} of ${count(done.count, "service")} did not move and stayed where they were.`}
      </div>
      {done.count > 0 && <Moves moves={done.resolutions} state={(move) => (move.success ? "moved" : "failed")} />}
    </Panel>
  );
}

function Ports({ move }: { move: Resolution }) {
  return (
    <span className={classes.port}>
      {move.old_port ?? "no port"} <IconArrowRight size={13} aria-label="to" /> {move.new_port}
    </span>
  );
}

interface MovesProps {
  moves: readonly Resolution[];
  /** What is known of a move: it waits, it is made, it failed. */
  state: (move: Resolution) => "moving" | "moved" | "failed" | null;
}

const TONES = { moving: "busy", moved: "good", failed: "bad" } as const;

function Moves({ moves, state }: MovesProps) {
  const columns: Column<Resolution>[] = [
    {
      id: "service",
      header: "Service",
      cell: (move) => {
        const words = move.message === "planned" ? `because ${move.reason}` : move.message;
        return (
          <>
            <b className={classes.what}>{move.service}</b>
            <span className={classes.detail} title={words}>
              {words}
            </span>
          </>
        );
      },
    },
    { id: "move", header: "Ports", cell: (move) => <Ports move={move} />, width: "8.5rem" },
    {
      id: "wave",
      header: "Turn",
      cell: (move) => <span title="Moves of one turn could be made at the same time">{move.wave + 1}</span>,
      width: "4.5rem",
      priority: 2,
    },
  ];
  if (moves[0] && state(moves[0])) {
    columns.push({
      id: "state",
      header: "State",
      cell: (move) => {
        const now = state(move);
        return now && <Status state={now} tone={TONES[now]} />;
      },
      width: "7rem",
    });
  }
  return <DataTable label="Moves" columns={columns} rows={moves} rowKey={(move) => move.service} empty={null} bare />;
}
