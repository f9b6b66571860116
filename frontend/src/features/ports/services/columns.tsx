import { useMemo } from "react";
import { Link } from "react-router";
import { useRole } from "@/api/session";
import type { Column } from "@/ui/DataTable";
import { formatDuration } from "@/ui/format";
import { Sparkline } from "@/ui/Sparkline";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { courseOf } from "../latency";
import type { Service } from "../api";
import type { ServiceRow } from "../rows";
import { inSuite } from "../suites";
import { ServiceActions } from "./ServiceActions";
import classes from "./Services.module.css";

const CRITICAL: Record<Service["criticality"], number> = { critical: 0, high: 1, normal: 2, low: 3 };

/** Columns of the services of a suite. */
export function useServiceColumns(suite: string, rows: readonly ServiceRow[], edit: (service: Service) => void): Column<ServiceRow>[] {
  const operator = useRole("operator");
  const dependents = useMemo(() => dependentsOf(rows), [rows]);
  const columns: Column<ServiceRow>[] = [
    { id: "service", header: "Service", cell: (row) => <Name row={row} />, sort: (row) => row.title.toLowerCase() },
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
    },
    {
      id: "port",
      header: "Port",
      cell: (row) =>
        row.port ? <Link to={inSuite(`/ports/assignments?q=${encodeURIComponent(row.service_id)}`, suite)}>{row.port}</Link> : "none",
      sort: (row) => row.port,
      width: "5.5rem",
      priority: 2,
    },
    { id: "latency", header: "Latency", cell: (row) => <Latency suite={suite} row={row} />, sort: (row) => row.health?.latency_ms, width: "12rem", priority: 3 },
    {
      id: "checked",
      header: "Last checked",
      cell: (row) => <Time at={row.health?.last_checked} />,
      sort: (row) => row.health?.last_checked,
      width: "8.5rem",
      priority: 2,
    },
    { id: "criticality", header: "Criticality", cell: (row) => <Criticality of={row.criticality} />, sort: (row) => CRITICAL[row.criticality], width: "7rem", priority: 3 },
    { id: "category", header: "Category", cell: (row) => row.category, sort: (row) => row.category, width: "8.5rem", priority: 3 },
  ];
  columns.push({
    id: "actions",
    header: "",
    cell: (row) => (
      <ServiceActions suite={suite} service={row} dependents={dependents.get(row.service_id) ?? []} mayWrite={operator} edit={edit} />
    ),
    width: "3.5rem",
    align: "right",
  });
  return columns;
}

function Name({ row }: { row: ServiceRow }) {
  return (
    <span className={classes.name}>
      <b>{row.title}</b>
      <span className={classes.id}>{row.service_id === row.title ? (row.health?.detail ?? "") : row.service_id}</span>
    </span>
  );
}

function Latency({ suite, row }: { suite: string; row: ServiceRow }) {
  const now = row.health?.latency_ms;
  const course = courseOf(suite, row.service_id);
  if (now === null || now === undefined) return <span className={classes.none}>no answer</span>;
  return (
    <span className={classes.latency}>
      <span className={classes.line}>
        {course.length > 1 && <Sparkline values={course} label={`Latency of the last ${course.length} checks, ${Math.max(...course)} ms at most`} />}
      </span>
      {formatDuration(now)}
    </span>
  );
}

function Criticality({ of }: { of: Service["criticality"] }) {
  return <span data-criticality={of} className={classes.criticality}>{of}</span>;
}

/** Which services call a service. */
function dependentsOf(services: readonly Service[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { service_id, depends_on } of services) {
    for (const other of depends_on) found.set(other, [...(found.get(other) ?? []), service_id]);
  }
  return found;
}
