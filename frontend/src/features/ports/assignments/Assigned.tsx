import { Button, CloseButton } from "@mantine/core";
import { useMemo, useState } from "react";
import { useRole } from "@/api/session";
import { DataTable } from "@/ui/DataTable";
import { count } from "@/ui/format";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { holds, SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { LOOK_MS, type Service, useListeners, useServices, useStatuses } from "../api";
import { FilterSelect } from "../FilterSelect";
import { categoriesOf, useRows } from "../rows";
import classes from "./Assignments.module.css";
import { BulkDialog } from "./BulkDialog";
import { useAssignmentColumns } from "./columns";
import { HistoryDrawer } from "./HistoryDrawer";
import { Editing, type Draft } from "./PortCell";

const HOLDING: Record<string, (service: Service) => boolean> = {
  "has a port": (service) => Boolean(service.port),
  "no port": (service) => !service.port,
  "shares its port": (service) => Boolean(service.port) && !service.has_claim,
  "not its default": (service) => Boolean(service.default_port) && service.default_port !== service.port,
};
/** Clears the filters, but stays in the suite. */
const NO_FILTERS = { q: "", category: "", holding: "" };
type Filters = typeof NO_FILTERS;

/** The services of a suite and their ports, which can be changed in their place. */
export function Assigned({ suite }: { suite: string }) {
  const operator = useRole("operator");
  const services = useServices(suite);
  const statuses = useStatuses(suite);
  // No event tells of sockets.
  const listeners = useListeners({ every: LOOK_MS });
  const [filters, setFilters, { active }] = useFilters(NO_FILTERS);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [bulk, setBulk] = useState<readonly Service[] | null>(null);
  const [history, setHistory] = useState<Service | null>(null);
  const rows = useRows(services.data, statuses.data);
  const columns = useAssignmentColumns(suite, listeners.data?.listeners, setHistory);
  const editing = useMemo(() => ({ draft, setDraft }), [draft]);
  const shown = rows.filter((row) => fits(row, filters));
  const picked = rows.filter((row) => chosen.has(row.service_id));
  return (
    <>
      <Toolbar aside={picked.length === 0 && count(shown.length, "service")}>
        <SearchBox label="Search services and ports" value={filters.q} onChange={(q) => setFilters({ q })} />
        <AssignmentFilters filters={filters} change={setFilters} services={services.data} />
        {picked.length > 0 && (
          <Picked amount={picked.length} change={() => setBulk(picked)} clear={() => setChosen(new Set())} />
        )}
      </Toolbar>
      <Loaded query={services}>
        {() => (
          <Editing value={editing}>
            <DataTable
              label="Port assignments"
              columns={columns}
              rows={shown}
              rowKey={(row) => row.service_id}
              sort={{ id: "port" }}
              {...(operator && { selection: { keys: chosen, onChange: setChosen } })}
              empty={
                active && rows.length > 0 ? (
                  <NoMatch clear={() => setFilters(NO_FILTERS)} />
                ) : (
                  <Empty title="No services in this suite">Services get their ports here once they are added.</Empty>
                )
              }
            />
          </Editing>
        )}
      </Loaded>
      {bulk && (
        <BulkDialog
          suite={suite}
          services={bulk}
          onClose={(done) => {
            setBulk(null);
            if (done) setChosen(new Set());
          }}
        />
      )}
      {history && <HistoryDrawer suite={suite} service={history} onClose={() => setHistory(null)} />}
    </>
  );
}

/** Whether a service is what the filters ask for. */
function fits(row: Service, { q, category, holding }: Filters): boolean {
  return (
    holds(q, row.service_id, row.title, String(row.port ?? "")) &&
    (category === "" || row.category === category) &&
    (HOLDING[holding]?.(row) ?? true)
  );
}

interface FiltersProps {
  filters: Filters;
  change: (changes: Partial<Filters>) => void;
  services: readonly Service[] | undefined;
}

function AssignmentFilters({ filters, change, services }: FiltersProps) {
  return (
    <>
      <FilterSelect
        label="Category"
        all="All categories"
        options={categoriesOf(services)}
        value={filters.category}
        onChange={(category) => change({ category })}
      />
      <FilterSelect label="Port" all="Any port" options={Object.keys(HOLDING)} value={filters.holding} onChange={(holding) => change({ holding })} />
    </>
  );
}

/** How many are chosen, and what can be done with them. */
function Picked({ amount, change, clear }: { amount: number; change: () => void; clear: () => void }) {
  return (
    <div className={classes.picked}>
      {count(amount, "service")} chosen
      <Button size="xs" onClick={change}>
        Change ports
      </Button>
      <CloseButton size="sm" aria-label="Choose none" onClick={clear} />
    </div>
  );
}
