import { Button } from "@mantine/core";
import { IconPlus, IconRadar2 } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { useRole } from "@/api/session";
import { DataTable } from "@/ui/DataTable";
import { count } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { holds, SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { LOOK_MS, type Service, useServices, useStatuses } from "../api";
import { FilterSelect } from "../FilterSelect";
import { categoriesOf, type ServiceRow, useRows } from "../rows";
import { SuitePicker } from "../SuitePicker";
import { useSuite } from "../suites";
import { useServiceColumns } from "./columns";
import { DiscoverDialog } from "./DiscoverDialog";
import { CRITICALITIES, ServiceDialog } from "./ServiceDialog";

const STATES: readonly ServiceRow["status"][] = ["healthy", "degraded", "flapping", "unhealthy", "maintenance", "unknown"];
/** Clears the filters, but stays in the suite. */
const NO_FILTERS = { q: "", status: "", category: "", criticality: "" };
type Filters = typeof NO_FILTERS;

/** What is open: a service that is edited, a new one, or what the Hub knows. */
type Open = { edit: Service } | "discover" | null;

export default function ServicesPage() {
  const [suite] = useSuite();
  const operator = useRole("operator");
  const services = useServices(suite);
  // No event tells of latencies.
  const statuses = useStatuses(suite, { every: LOOK_MS });
  const [filters, setFilters, { active }] = useFilters({ ...NO_FILTERS, new: "" });
  const [open, setOpen] = useState<Open>(null);
  const rows = useRows(services.data, statuses.data);
  const columns = useServiceColumns(suite, rows, (edit) => setOpen({ edit }));
  const shown = rows.filter((row) => fits(row, filters));
  const healthy = rows.filter((row) => row.status === "healthy").length;
  return (
    <Page
      title="Services"
      lead={
        <>
          How services are, as of their last checks. They belong to <Link to="/ports/suites">suites</Link>.
        </>
      }
      actions={operator ? <Begin discover={() => setOpen("discover")} add={() => setFilters({ new: "yes" })} /> : <SuitePicker />}
    >
      <Toolbar aside={services.data && `${healthy} of ${count(rows.length, "service")} healthy`}>
        <SearchBox label="Search services" value={filters.q} onChange={(q) => setFilters({ q })} />
        <ServiceFilters filters={filters} change={setFilters} services={services.data} />
      </Toolbar>
      <Loaded query={services}>
        {() => (
          <DataTable
            label="Services"
            columns={columns}
            rows={shown}
            rowKey={(row) => row.service_id}
            sort={{ id: "service" }}
            empty={
              active && rows.length > 0 ? (
                <NoMatch clear={() => setFilters(NO_FILTERS)} />
              ) : (
                <Empty title="No services in this suite">Services are added here, found by the Hub, or by asking for a port.</Empty>
              )
            }
          />
        )}
      </Loaded>
      {operator && filters.new === "yes" && <ServiceDialog suite={suite} services={rows} onClose={() => setFilters({ new: "" })} />}
      {open === "discover" && <DiscoverDialog suite={suite} onClose={() => setOpen(null)} />}
      {open !== null && open !== "discover" && (
        <ServiceDialog suite={suite} services={rows} service={open.edit} onClose={() => setOpen(null)} />
      )}
    </Page>
  );
}

interface FiltersProps {
  filters: Filters;
  change: (changes: Partial<Filters>) => void;
  services: readonly Service[] | undefined;
}

function ServiceFilters({ filters, change, services }: FiltersProps) {
  return (
    <>
      <FilterSelect label="State" all="All states" options={STATES} value={filters.status} onChange={(status) => change({ status })} />
      <FilterSelect
        label="Category"
        all="All categories"
        options={categoriesOf(services)}
        value={filters.category}
        onChange={(category) => change({ category })}
      />
      <FilterSelect
        label="Criticality"
        all="Any criticality"
        options={CRITICALITIES}
        value={filters.criticality}
        onChange={(criticality) => change({ criticality })}
      />
    </>
  );
}

/** Whether a service is what the filters ask for. */
const fits = (row: ServiceRow, { q, status, category, criticality }: Filters): boolean =>
  holds(q, row.service_id, row.title, String(row.port ?? "")) &&
  (status === "" || row.status === status) &&
  (category === "" || row.category === category) &&
  (criticality === "" || row.criticality === criticality);

/** What operators begin here. */
function Begin({ discover, add }: { discover: () => void; add: () => void }) {
  return (
    <>
      <SuitePicker />
      <Button variant="default" leftSection={<IconRadar2 size={16} />} onClick={discover}>
        Discover
      </Button>
      <Button leftSection={<IconPlus size={16} />} onClick={add}>
        Add service
      </Button>
    </>
  );
}
