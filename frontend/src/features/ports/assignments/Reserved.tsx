import { Button } from "@mantine/core";
import { toProblem } from "@/api/problem";
import { useRole } from "@/api/session";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { tellDone, tellProblem } from "@/ui/feedback";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { holds, SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { type Reservation, usePortActions, useReservations } from "../api";

/** Ports that nobody is given, of all suites. */
export function Reserved({ suite }: { suite: string }) {
  const reservations = useReservations();
  const operator = useRole("operator");
  const [filters, setFilters, { active, clear }] = useFilters({ q: "" });
  const columns: Column<Reservation>[] = [
    { id: "port", header: "Port", cell: (one) => <b>{rangeOf(one)}</b>, sort: (one) => one.first, width: "8rem" },
    { id: "reason", header: "Reason", cell: (one) => <span title={one.reason}>{one.reason || "no reason given"}</span>, sort: (one) => one.reason },
  ];
  if (operator) {
    columns.push({ id: "free", header: "", cell: (one) => <GiveFree suite={suite} reservation={one} />, width: "6.5rem", align: "right" });
  }
  return (
    <>
      <Toolbar aside="Reservations hold for all suites.">
        <SearchBox label="Search reservations" value={filters.q} onChange={(q) => setFilters({ q })} />
      </Toolbar>
      <Loaded query={reservations}>
        {(all) => (
          <DataTable
            label="Reserved ports"
            columns={columns}
            rows={all.filter((one) => holds(filters.q, rangeOf(one), one.reason))}
            rowKey={(one) => String(one.first)}
            sort={{ id: "port" }}
            empty={
              active ? <NoMatch clear={clear} /> : <Empty title="No port is reserved">A reserved port is given to nobody, not even on request.</Empty>
            }
          />
        )}
      </Loaded>
    </>
  );
}

const rangeOf = ({ first, last }: Reservation): string => (first === last ? String(first) : `${first} to ${last}`);

function GiveFree({ suite, reservation }: { suite: string; reservation: Reservation }) {
  const { unreserve } = usePortActions(suite);
  const { first, last, reason } = reservation;
  const run = async () => {
    const yes = await confirm({
      title: `Give ${first === last ? `port ${first}` : `ports ${rangeOf(reservation)}`} free?`,
      body: `Anybody can be given ${first === last ? "it" : "them"} then. ${reason ? `It was reserved: ${reason}` : ""}`,
      action: "Give it free",
    });
    if (!yes) return;
    try {
      for (let port = first; port <= last; port += 1) await unreserve(port);
      tellDone(first === last ? `Port ${first} is free again` : `Ports ${rangeOf(reservation)} are free again`);
    } catch (failure) {
      tellProblem(toProblem(failure));
    }
  };
  return (
    <Button size="compact-xs" variant="default" aria-label={`Give ${rangeOf(reservation)} free`} onClick={() => void run()}>
      Give free
    </Button>
  );
}
