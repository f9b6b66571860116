import { useMemo } from "react";
import { useRole } from "@/api/session";
import type { Column } from "@/ui/DataTable";
import { Status } from "@/ui/Status";
import type { Listener, Service } from "../api";
import type { ServiceRow } from "../rows";
import { AssignmentActions } from "./AssignmentActions";
import classes from "./Assignments.module.css";
import { PortCell } from "./PortCell";

/** Columns of the assignments of a suite. */
export function useAssignmentColumns(
  suite: string,
  listeners: readonly Listener[] | undefined,
  showHistory: (service: Service) => void,
): Column<ServiceRow>[] {
  const operator = useRole("operator");
  return useMemo(() => {
    const heard = new Map((listeners ?? []).map((one) => [one.port, one]));
    return [
      {
        id: "service",
        header: "Service",
        cell: (row) => (
          <span className={classes.name}>
            <b>{row.title}</b>
            {row.title !== row.service_id && <span className={classes.soft}>{row.service_id}</span>}
          </span>
        ),
        sort: (row) => row.title.toLowerCase(),
      },
      { id: "port", header: "Port", cell: (row) => <PortCell suite={suite} service={row} mayWrite={operator} />, sort: (row) => row.port, width: "7rem" },
      { id: "category", header: "Category", cell: (row) => row.category, sort: (row) => row.category, width: "9rem", priority: 2 },
      {
        id: "state",
        header: "State",
        cell: (row) => (
          <span title={row.health?.detail}>
            <Status state={row.status} />
          </span>
        ),
        sort: (row) => row.status,
        width: "8.5rem",
        priority: 2,
      },
      {
        id: "listens",
        header: "Who listens",
        cell: (row) => <Listens listener={row.port ? heard.get(row.port) : undefined} />,
        sort: (row) => (row.port ? (heard.get(row.port)?.program ?? null) : null),
        width: "13rem",
        priority: 3,
      },
      { id: "default", header: "Default", cell: (row) => row.default_port ?? "none", sort: (row) => row.default_port, width: "6rem", priority: 3 },
      {
        id: "actions",
        header: "",
        cell: (row) => <AssignmentActions suite={suite} service={row} mayWrite={operator} showHistory={() => showHistory(row)} />,
        width: "3.5rem",
        align: "right",
      },
    ];
  }, [suite, listeners, showHistory, operator]);
}

function Listens({ listener }: { listener: Listener | undefined }) {
  if (!listener) return <span className={classes.soft}>nobody on this machine</span>;
  const { program, pid, address } = listener;
  return (
    <span title={`on ${address}`}>
      {program ?? "unknown program"}
      {pid && <span className={classes.soft}> pid {pid}</span>}
    </span>
  );
}
