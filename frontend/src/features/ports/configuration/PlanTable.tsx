import { type Column, DataTable } from "@/ui/DataTable";
import { Empty } from "@/ui/states";
import type { Tone } from "@/ui/status";
import { Status } from "@/ui/Status";
import type { Action, PlanLine } from "./api";
import classes from "./Configuration.module.css";

const TONES: Record<Action, Tone> = { keep: "idle", leave: "idle", add: "good", assign: "good", move: "warn", release: "bad" };

/** Whether something is done with the service. */
export const isChange = (line: PlanLine): boolean => line.action !== "keep" && line.action !== "leave";

const COLUMNS: Column<PlanLine>[] = [
  {
    id: "service",
    header: "Service",
    cell: (line) => (
      <>
        <b className={classes.line}>{line.service_id}</b>
        <span className={classes.small} data-bad={line.problem ? true : undefined} title={line.problem ?? line.detail}>
          {line.problem ?? line.detail}
        </span>
      </>
    ),
    sort: (line) => line.service_id,
  },
  {
    id: "declared",
    header: "Declared",
    cell: (line) => line.declared ?? "–",
    sort: (line) => line.declared,
    width: "6.5rem",
    align: "right",
    priority: 2,
  },
  {
    id: "assigned",
    header: "Assigned",
    cell: (line) => line.assigned ?? "–",
    sort: (line) => line.assigned,
    width: "6.5rem",
    align: "right",
    priority: 2,
  },
  {
    id: "listening",
    header: "Listening",
    cell: (line) => line.listening.join(", ") || "–",
    width: "7rem",
    align: "right",
    priority: 2,
  },
  {
    id: "action",
    header: "What is done",
    cell: (line) => (line.problem ? <Status state="impossible" tone="bad" /> : <Status state={line.action} tone={TONES[line.action]} />),
    sort: (line) => line.action,
    width: "8.5rem",
  },
];

/** Services as they are declared, assigned and listening, and what is done with each. */
export function PlanTable({ lines }: { lines: readonly PlanLine[] }) {
  return (
    <DataTable
      label="Plan"
      columns={COLUMNS}
      rows={lines}
      rowKey={(line) => line.service_id}
      empty={<Empty title="No service changes">Each has the port that the document wishes.</Empty>}
      bare
    />
  );
}
