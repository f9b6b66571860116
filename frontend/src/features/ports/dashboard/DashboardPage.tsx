import { useMemo, useState } from "react";
import { Link } from "react-router";
import { count, formatNumber } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Figure, Panel } from "@/ui/Panel";
import { Empty, Loaded, Loading } from "@/ui/states";
import {
  LOOK_MS,
  type Service,
  type ServiceStatus,
  useListeners,
  useReservations,
  useServices,
  useStatistics,
  useStatuses,
  useSuiteConflicts,
} from "../api";
import { SuitePicker } from "../SuitePicker";
import { inSuite, useSuite } from "../suites";
import { CategoryBars } from "./CategoryBars";
import { cellsOf, type Known } from "./cells";
import classes from "./Dashboard.module.css";
import { HealthRing } from "./HealthRing";
import { PortDetails } from "./PortDetails";
import { BLOCK, BlockPicker, Legend, PortMap } from "./PortMap";
import { QuickFacts } from "./QuickFacts";
import { RecentEvents } from "./RecentEvents";

export default function DashboardPage() {
  const [suite] = useSuite();
  const services = useServices(suite);
  const statuses = useStatuses(suite);
  return (
    <Page title="Port dashboard" lead="Who has which port, who answers, and what is left." actions={<SuitePicker />}>
      <Figures suite={suite} />
      <div className={classes.columns}>
        <div className={classes.stack}>
          <Range suite={suite} services={services.data} statuses={statuses.data} />
          <Panel title="Recent events" flush>
            <RecentEvents suite={suite} />
          </Panel>
        </div>
        <div className={classes.stack}>
          <Panel title="Health of services">
            <Loaded query={statuses}>{(all) => <HealthRing suite={suite} statuses={all} />}</Loaded>
          </Panel>
          <Panel title="Ports by category">
            <Loaded query={services}>
              {(all) => (all.length === 0 ? <Empty title="No services yet" /> : <CategoryBars suite={suite} services={all} />)}
            </Loaded>
          </Panel>
          <Panel title="At a glance">
            <Loaded query={services} loading={<Loading rows={4} />}>
              {(all) => <QuickFacts suite={suite} services={all} />}
            </Loaded>
          </Panel>
        </div>
      </div>
    </Page>
  );
}

function Figures({ suite }: { suite: string }) {
  const query = useStatistics(suite);
  const { data } = query;
  if (query.isError && !data) return <Loaded query={query}>{() => null}</Loaded>;
  const number = (value: number | undefined) => (value === undefined ? "…" : formatNumber(value));
  const size = data ? (data.port_range[1] ?? 0) - (data.port_range[0] ?? 0) : 0;
  const bad = (data?.conflicts ?? 0) > 0;
  return (
    <div className={classes.figures} aria-live="off">
      <Figure label="Services" value={number(data?.total_services)} note={data ? `${data.healthy_services} healthy` : " "} />
      <Figure label="Used ports" value={number(data?.used_ports)} note={data ? `${data.utilization_percent} % of the range` : " "} />
      <Figure label="Free ports" value={number(data?.available_ports)} note={data ? `of ${count(size, "port")}` : " "} />
      <Figure label="Reserved ports" value={number(data?.reserved_ports)} note="kept free" />
      <Figure
        label="Conflicts"
        value={number(data?.conflicts)}
        note={bad ? <Link to={inSuite("/ports/conflicts", suite)}>See what is wrong</Link> : data ? "nothing is wrong" : " "}
        {...(bad && { tone: "bad" as const })}
      />
    </div>
  );
}

interface RangeProps {
  suite: string;
  services: readonly Service[] | undefined;
  statuses: readonly ServiceStatus[] | undefined;
}

const NONE: readonly never[] = [];

/** The range of the suite as a map, and what is known of the port that was clicked. */
function Range({ suite, services = NONE, statuses = NONE }: RangeProps) {
  const statistics = useStatistics(suite);
  // No event tells of sockets.
  const listeners = useListeners({ every: LOOK_MS }).data?.listeners;
  const { data: reservations } = useReservations();
  const { data: conflicts } = useSuiteConflicts(suite);
  const [block, setBlock] = useState<number | null>(null);
  const [port, setPort] = useState<number | null>(null);
  const [first = 0, end = 0] = statistics.data?.port_range ?? [];
  const start = block !== null && block >= first && block < end ? block : first;
  const cells = useMemo(() => {
    const known: Known = { services, statuses, listeners: listeners ?? NONE, reservations: reservations ?? NONE, conflicts: conflicts ?? NONE };
    return cellsOf(start, Math.min(end, start + BLOCK), known);
  }, [start, end, services, statuses, listeners, reservations, conflicts]);
  const cell = cells.find((one) => one.port === port);
  return (
    <Panel
      title={end > first ? `Ports ${first} to ${end - 1}` : "Ports"}
      aside={end > first && <BlockPicker first={first} end={end} block={start} onChange={setBlock} />}
    >
      <div className={classes.map}>
        <Loaded query={statistics} loading={<Loading rows={14} />}>
          {() => (
            <>
              <PortMap cells={cells} open={setPort} />
              <Legend cells={cells} />
            </>
          )}
        </Loaded>
      </div>
      {cell && <PortDetails suite={suite} cell={cell} statuses={statuses} onClose={() => setPort(null)} />}
    </Panel>
  );
}
