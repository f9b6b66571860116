import type { ReactNode } from "react";
import { useLocation } from "react-router";
import { type Column, DataTable } from "@/ui/DataTable";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import type { Conflict } from "./api";
import classes from "./Conflicts.module.css";
import { SEVERITIES, WORDS } from "./words";

const WHAT: Column<Conflict> = {
  id: "what",
  header: "Conflict",
  cell: (one) => (
    <>
      <span className={classes.what}>{WORDS[one.type]?.title ?? one.type}</span>
      <span className={classes.detail}>{one.detail}</span>
    </>
  ),
  sort: (one) => WORDS[one.type]?.title ?? one.type,
};
const SEVERITY: Column<Conflict> = {
  id: "severity",
  header: "Severity",
  cell: (one) => <Status state={one.severity} />,
  sort: (one) => SEVERITIES.indexOf(one.severity),
  width: "7rem",
};
const PORT: Column<Conflict> = {
  id: "port",
  header: "Port",
  cell: (one) => one.port ?? "–",
  sort: (one) => one.port,
  width: "5rem",
  priority: 2,
};
const SERVICES: Column<Conflict> = {
  id: "services",
  header: "Services",
  cell: (one) => <span title={one.services.join(", ")}>{one.services.join(", ") || "–"}</span>,
  sort: (one) => one.services[0],
  width: "24%",
  priority: 3,
};
const SINCE: Column<Conflict> = {
  id: "since",
  header: "Since",
  cell: (one) => <Time at={one.first_seen} />,
  sort: (one) => one.first_seen,
  width: "8rem",
  priority: 2,
};
const OVER: Column<Conflict> = {
  id: "over",
  header: "Over",
  cell: (one) => <Time at={one.resolved_at} none="not yet" />,
  sort: (one) => one.resolved_at,
  width: "8rem",
  priority: 3,
};
const STATE: Column<Conflict> = {
  id: "state",
  header: "State",
  cell: (one) => <Status state={one.state} />,
  sort: (one) => one.state,
  width: "9.5rem",
  priority: 2,
};

const NOW = [WHAT, SEVERITY, PORT, SERVICES, SINCE, STATE];
const PAST = [WHAT, SEVERITY, PORT, SERVICES, SINCE, OVER, STATE];

interface Props {
  rows: readonly Conflict[];
  /** Whether those that are over are among them. */
  over: boolean;
  empty: ReactNode;
}

/** Conflicts; a row leads to all that is known of it. */
export function ConflictTable({ rows, over, empty }: Props) {
  const { search } = useLocation();
  const open = (one: Conflict) => {
    const next = new URLSearchParams(search);
    next.set("conflict", one.fingerprint);
    return `?${next}`;
  };
  return (
    <DataTable
      key={over ? "past" : "now"}
      label={over ? "Conflicts of all times" : "Conflicts"}
      columns={over ? PAST : NOW}
      rows={rows}
      rowKey={(one) => one.fingerprint}
      rowLink={open}
      sort={over ? { id: "since", desc: true } : { id: "severity" }}
      empty={empty}
    />
  );
}
