import { type Column, DataTable } from "@/ui/DataTable";
import { count, formatDuration } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { SuitePicker } from "../SuitePicker";
import { useSuite } from "../suites";
import { type Move, useMoves } from "./api";
import classes from "./Moves.module.css";
import { costOf, PHASES } from "./words";

const COLUMNS: Column<Move>[] = [
  {
    id: "service",
    header: "Service",
    cell: (one) => (
      <>
        <span className={classes.service}>{one.service_id}</span>
        <span className={classes.fault} title={one.fault ?? undefined}>
          <span className={classes.narrow}>{`${one.old_port} → ${one.new_port}, `}</span>
          {one.fault ?? `${one.reason} by ${one.actor}`}
        </span>
      </>
    ),
    sort: (one) => one.service_id,
  },
  { id: "ports", header: "Ports", cell: (one) => `${one.old_port} → ${one.new_port}`, sort: (one) => one.new_port, width: "8rem", priority: 2 },
  {
    id: "phase",
    header: "State",
    cell: (one) => <Status state={one.phase} {...PHASES[one.phase]} />,
    sort: (one) => one.phase,
    width: "9.5rem",
  },
  {
    id: "total",
    header: "Took",
    cell: (one) => <Took move={one} />,
    sort: (one) => one.milliseconds.total,
    width: "7rem",
    priority: 2,
  },
  { id: "cost", header: "Requests", cell: costOf, width: "13rem", priority: 3 },
  { id: "started", header: "Began", cell: (one) => <Time at={one.started_at} />, sort: (one) => one.started_at, width: "8.5rem", priority: 2 },
];

/** Moves of running services: how far they are, how long they took, and what they cost. */
export default function MovesPage() {
  const [suite] = useSuite();
  const [{ q }, setFilters, { active, clear }] = useFilters({ q: "" });
  const moves = useMoves(suite);
  const fits = (one: Move) => `${one.service_id} ${one.old_port} ${one.new_port} ${PHASES[one.phase].label}`.includes(q.trim());
  const rows = moves.data?.filter(fits) ?? [];
  return (
    <Page
      title="Moves"
      lead="Running services on their way to another port. A service serves on both ports until every gateway has switched and nobody asks at the old one."
      actions={<SuitePicker />}
    >
      {moves.data && moves.data.length > 0 && (
        <Toolbar aside={count(rows.length, "move")}>
          <SearchBox label="Search moves" value={q} onChange={(next) => setFilters({ q: next })} />
        </Toolbar>
      )}
      <Loaded query={moves}>
        {(all) => (
          <DataTable
            label="Moves"
            columns={COLUMNS}
            rows={rows}
            rowKey={(one) => String(one.id)}
            sort={{ id: "started", desc: true }}
            empty={active && all.length > 0 ? <NoMatch clear={clear} /> : <Nothing />}
          />
        )}
      </Loaded>
    </Page>
  );
}

function Nothing() {
  return <Empty title="No running service was moved yet">A service is given another port at Assignments; if it runs, its move shows here.</Empty>;
}

/** The whole time; the phases on a closer look. */
function Took({ move: { milliseconds } }: { move: Move }) {
  if (milliseconds.total === null || milliseconds.total === undefined) return "–";
  const names = { bind: "open the new port", prove: "see it answer", switch: "switch gateways", drain: "drain the old port" } as const;
  const phases = Object.entries(names).flatMap(([phase, name]) => {
    const ms = milliseconds[phase as keyof typeof names];
    return ms === null || ms === undefined ? [] : [`${name}: ${formatDuration(ms)}`];
  });
  return <span title={phases.join("\n")}>{formatDuration(milliseconds.total)}</span>;
}
