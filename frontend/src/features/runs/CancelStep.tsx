import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { toProblem } from "@/api/problem";
import { type Run, type RunStep, useRunActions } from "@/api/runs";
import { useRole } from "@/api/session";
import { confirm } from "@/ui/confirm";
import { tellDone, tellProblem } from "@/ui/feedback";
import { isFinal } from "./steps";

interface Props {
  run: Run;
  step: RunStep;
  /** Whether the run works on more targets than the step's. */
  several: boolean;
}

/** Ends a step, or all that a run does on a target, while the rest goes on. */
export function CancelStep({ run, step, several }: Props) {
  const may = useRole("operator");
  const [sending, setSending] = useState(false);
  const { cancelStep, cancelTarget } = useRunActions();
  if (!may || run.finished_at || run.cancel_requested_at || isFinal(step.status)) return null;
  // A step says why it waits once it is its turn.
  const begun = step.status !== "queued" || (step.waiting?.length ?? 0) > 0;
  const target = several ? step.target_id : null;
  if (!begun && target == null) return null;
  const ask = async (title: string, body: string, action: string, call: () => Promise<Run>) => {
    if (!(await confirm({ title, body, action }))) return;
    setSending(true);
    await call().then(
      () => tellDone("It is canceled, or will be as soon as its command is ended"),
      (failure: unknown) => tellProblem(toProblem(failure)),
    );
    setSending(false);
  };
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="compact-sm" variant="default" rightSection={<IconChevronDown size={14} />} loading={sending}>
          Cancel step
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {begun && (
          <Menu.Item
            onClick={() =>
              void ask(
                `Cancel step ${step.idx + 1}${step.target_name ? ` on ${step.target_name}` : ""}?`,
                "Its command is ended on its target. What follows is what follows of its failure.",
                "Cancel step",
                () => cancelStep(run.id, step.id),
              )
            }
          >
            This step
          </Menu.Item>
        )}
        {target != null && (
          <Menu.Item
            onClick={() =>
              void ask(
                `Cancel all on ${step.target_name}?`,
                "What runs there is ended, what waits does not start. The run goes on with its other targets, as after a failure.",
                "Cancel target",
                () => cancelTarget(run.id, target),
              )
            }
          >
            All on {step.target_name}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
