import { usePlatform } from "@/api/platform";
import { type Column, DataTable } from "@/ui/DataTable";
import { formatNumber } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Figure, Panel, PanelGrid } from "@/ui/Panel";
import { Empty, Loaded } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { useQueue, useWorkers, type Worker } from "./api";
import classes from "./SystemPage.module.css";

/** What each service is for, in the order of the list. */
const PURPOSES: Record<string, string> = {
  auth: "Sign-in, sessions, signing keys",
  users: "People, roles, the audit record",
  credentials: "Encrypted secrets of the machines",
  targets: "Machines and how to reach them",
  jobs: "What runs, and what became of it",
  executor: "Carries out the steps on the machines",
  "port-manager": "Who has which port, and what is wrong",
};

export default function SystemPage() {
  return (
    <Page title="System" lead="The services of this platform, and the programs that carry out steps.">
      <Services />
      <Queue />
      <Workers />
    </Page>
  );
}

function Services() {
  const platform = usePlatform();
  return (
    <Panel title="Services" flush>
      <Loaded query={platform}>
        {(services) => (
          <ul className={classes.services}>
            {Object.entries(PURPOSES).map(([name, purpose]) => (
              <li key={name}>
                <div>
                  <b>{name}</b>
                  <div className={classes.purpose}>{purpose}</div>
                </div>
                <a href={`/docs/${name}/`} aria-label={`Documents of the API of ${name}`}>
                  API
                </a>
                <Status state={services[name] ?? "unknown"} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

function Queue() {
  const queue = useQueue();
  return (
    <Loaded query={queue}>
      {({ queue_stats: steps, worker_running }) => (
        <PanelGrid min="8.5rem">
          <Figure label="Steps waiting" value={formatNumber(steps.queued_steps)} note={worker_running ? "taken as they come" : "nobody takes them"} />
          <Figure label="Steps running" value={formatNumber(steps.running_steps)} />
          <Figure label="Steps succeeded" value={formatNumber(steps.succeeded_steps)} note="since the beginning" />
          <Figure label="Steps failed" value={formatNumber(steps.failed_steps)} note="since the beginning" />
        </PanelGrid>
      )}
    </Loaded>
  );
}

const COLUMNS: Column<Worker>[] = [
  { id: "host", header: "Machine", cell: (worker) => <b title={worker.id}>{worker.host}</b> },
  {
    id: "state",
    header: "State",
    cell: (worker) =>
      worker.draining ? <Status state="maintenance" label="draining" /> : <Status state={worker.alive ? "healthy" : "unavailable"} label={worker.alive ? "alive" : "gone"} />,
    width: "8rem",
  },
  { id: "steps", header: "Steps", cell: (worker) => formatNumber(worker.running_steps), width: "5rem", align: "right" },
  { id: "version", header: "Version", cell: (worker) => worker.version, width: "7rem", priority: 2 },
  { id: "started", header: "Started", cell: (worker) => <Time at={worker.started_at} />, width: "9rem", priority: 2 },
  { id: "seen", header: "Seen", cell: (worker) => <Time at={worker.last_seen_at} />, width: "9rem", priority: 3 },
];

function Workers() {
  const workers = useWorkers();
  return (
    <Panel title="Executors" flush>
      <Loaded query={workers}>
        {(rows) => (
          <DataTable
            label="Executors"
            columns={COLUMNS}
            rows={rows}
            rowKey={(worker) => worker.id}
            empty={<Empty title="No executor has reported">Runs wait until one does.</Empty>}
            bare
          />
        )}
      </Loaded>
    </Panel>
  );
}
