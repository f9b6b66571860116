import { Button, SegmentedControl } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { IconCheck } from "@tabler/icons-react";
import { useState } from "react";
import { type Problem, toProblem } from "@/api/problem";
import { useRole } from "@/api/session";
import { confirm } from "@/ui/confirm";
import { ProblemAlert, tellDone } from "@/ui/feedback";
import { count } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Loaded } from "@/ui/states";
import { type Applied, type Plan, useConfigurationActions, type Wish } from "./api";
import { Reservations } from "./Changes";
import classes from "./Configuration.module.css";
import { isChange, PlanTable } from "./PlanTable";

interface Props {
  suite: string;
  wish: Wish;
  plan: UseQueryResult<Plan, Problem>;
  /** The document is still the one that was planned. */
  isCurrent: boolean;
  /** All of it was done. */
  applied: () => void;
}

/** What the document would change, and what became of that. */
export function PlanPanel({ suite, wish, plan, isCurrent, applied }: Props) {
  const [done, setDone] = useState<{ wish: Wish; applied: Applied } | null>(null);
  const [refused, setRefused] = useState<{ wish: Wish; problem: Problem } | null>(null);
  const [sending, setSending] = useState(false);
  const { apply } = useConfigurationActions(suite);
  const start = async (shown: Plan) => {
    if (!(await askApply(shown))) return;
    setSending(true);
    setRefused(null);
    try {
      const answer = await apply(wish, shown.plan);
      setDone({ wish, applied: answer });
      if (!answer.success) return;
      applied();
      tellDone("The suite is as the document wishes");
    } catch (failure) {
      setRefused({ wish, problem: toProblem(failure) });
    } finally {
      setSending(false);
    }
  };
  const result = done?.wish === wish ? done.applied : null;
  return (
    <>
      <ProblemAlert problem={refused?.wish === wish ? refused.problem : null} title="The plan was not applied" />
      {result && <Outcome applied={result} />}
      <Panel
        title="Plan"
        flush
        aside={plan.data && <Apply plan={plan.data} isCurrent={isCurrent} sending={sending} start={start} />}
      >
        {plan.isError && plan.error.status === 400 ? (
          <div className={classes.sum}>
            <div className={classes.bad} role="alert">
              There is no plan: {plan.error.detail}
            </div>
          </div>
        ) : (
          <Loaded query={plan}>{(shown) => <Shown plan={shown} isCurrent={isCurrent} />}</Loaded>
        )}
      </Panel>
    </>
  );
}

const hasChanges = (plan: Plan): boolean =>
  plan.services.some(isChange) || plan.reserved.length + plan.unreserved.length > 0;

/** How much changes, and whether it can. */
function describe(plan: Plan): string {
  const changes = plan.services.filter(isChange).length;
  const reservations = plan.reserved.length + plan.unreserved.length;
  const faults = plan.services.filter((line) => line.problem).length;
  const what = [changes > 0 && count(changes, "service"), reservations > 0 && count(reservations, "reservation")];
  const words = what.filter((one) => one !== false).join(" and ");
  if (words === "") return "Everything is as the document wishes.";
  const verb = changes + reservations === 1 ? "changes" : "change";
  return faults === 0 ? `${words} ${verb}.` : `${words} would change, but ${faults} of the services cannot: nothing can be applied.`;
}

async function askApply(plan: Plan): Promise<boolean> {
  const released = plan.services.filter((line) => line.action === "release").length;
  return confirm({
    title: "Apply this plan?",
    body: (
      <>
        {describe(plan)} Services that run are told to move, and have to answer at the new port before it counts.
        {released > 0 && (
          <>
            {" "}
            <b>{count(released, "service")} will have no port.</b>
          </>
        )}{" "}
        The state before is kept as a backup.
      </>
    ),
    action: "Apply",
    harmless: released === 0,
  });
}

interface ApplyProps {
  plan: Plan;
  isCurrent: boolean;
  sending: boolean;
  start: (plan: Plan) => Promise<void>;
}

function Apply({ plan, isCurrent, sending, start }: ApplyProps) {
  const mayApply = useRole("operator");
  if (!hasChanges(plan)) return null;
  if (!mayApply) return <span className={classes.soft}>Operators can apply it</span>;
  return (
    <Button
      size="compact-sm"
      leftSection={<IconCheck size={14} />}
      disabled={!plan.success || !isCurrent}
      loading={sending}
      onClick={() => void start(plan)}
    >
      Apply this plan
    </Button>
  );
}

function Shown({ plan, isCurrent }: { plan: Plan; isCurrent: boolean }) {
  const [which, setWhich] = useState("changes");
  const rows = which === "all" ? plan.services : plan.services.filter((line) => isChange(line) || line.problem);
  return (
    <>
      <div className={classes.sum}>
        {!isCurrent && <div className={classes.bad}>The document has changed since this plan was made. Show the plan again.</div>}
        <div role="status">{describe(plan)}</div>
        <Reservations reserved={plan.reserved} unreserved={plan.unreserved} />
        <div>
          <SegmentedControl
            size="xs"
            aria-label="Which services"
            data={[
              { value: "changes", label: "Changes" },
              { value: "all", label: `All ${plan.services.length}` },
            ]}
            value={which}
            onChange={setWhich}
          />
        </div>
      </div>
      <PlanTable lines={rows} />
    </>
  );
}

/** What was done, and what was not. */
function Outcome({ applied }: { applied: Applied }) {
  const failed = applied.services.filter((line) => line.problem);
  return (
    <Panel title="What was done">
      <div role="status">{sentence(applied.message)}</div>
      {failed.map((line) => (
        <div key={line.service_id} className={classes.bad}>
          <b>{line.service_id}</b>: {line.problem}
        </div>
      ))}
      {applied.automatic_backup && (
        <div className={classes.soft}>
          The state before is kept as <b>{applied.automatic_backup}</b>; restoring it takes this back.
        </div>
      )}
    </Panel>
  );
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
