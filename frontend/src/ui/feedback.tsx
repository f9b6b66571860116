/** What people are told after they did something. */

import { Alert, List } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import type { Problem } from "@/api/problem";

/** Says that something was done. */
export function tellDone(message: string): void {
  notifications.show({ message, color: "teal", icon: <IconCheck size={16} />, autoClose: 4000 });
}

/** Says that something did not work, where no form can show it. */
export function tellProblem(problem: Problem, title = "That did not work"): void {
  const faults = problem.errors.map((fault) => `${fault.field}: ${fault.detail}`).join("; ");
  notifications.show({
    title,
    message: faults ? `${problem.detail} (${faults})` : problem.detail,
    color: "red",
    icon: <IconAlertTriangle size={16} />,
    autoClose: 10_000,
  });
}

interface Props {
  problem: Problem | null | undefined;
  title?: string;
  /** Fields that show their fault themselves. */
  shown?: readonly string[];
}

/** A refusal above a form, with the faults that no field shows. */
export function ProblemAlert({ problem, title = "That did not work", shown = [] }: Props) {
  if (!problem) return null;
  const rest = problem.errors.filter((fault) => !shown.includes(ownerOf(fault.field)));
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={title} role="alert">
      {problem.detail}
      {rest.length > 0 && (
        <List size="sm" mt={6}>
          {rest.map((fault) => (
            <List.Item key={fault.field + fault.code}>
              <b>{fault.field}</b>: {fault.detail}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}

/** The faults of a refusal as a form's errors, by field; those of an item also at its list. */
export function faultsOf(problem: Problem): Record<string, string> {
  const faults = problem.errors.map((fault) => [fault.field, fault.detail] as const);
  const atLists = problem.errors.map((fault) => [ownerOf(fault.field), fault.detail] as const);
  return { ...Object.fromEntries(atLists), ...Object.fromEntries(faults) };
}

/** The field that shows the faults of `field`: of `tags[2]` it is `tags`. */
const ownerOf = (field: string): string => field.replace(/\[\d+\]$/, "");
