import { Link } from "react-router";
import type { Run } from "@/api/runs";
import { type Column, DataTable } from "@/ui/DataTable";
import { Fact, Facts, Panel, PanelGrid } from "@/ui/Panel";
import { Empty, Loaded } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Duration, Time } from "@/ui/Time";
import { type AuditRecord, useJobGone, useRunAudit, useRunVersion } from "./api";
import { isSecret } from "./secret";
import classes from "./Runs.module.css";

/** What is known about a run beside its steps. */
export function RunAbout({ run }: { run: Run }) {
  const gone = useJobGone(run);
  return (
    <PanelGrid min="24rem">
      <Panel title="About this run">
        <Facts>
          <Fact label="Job">{gone ? `${run.job_name} (deleted)` : <Link to={`/jobs/${run.job_id}`}>{run.job_name}</Link>}</Fact>
          <Fact label="Version">{run.job_version}</Fact>
          <Fact label="Started by">
            {run.requested_by_name}
            {run.parent_run_id != null && (
              <>
                , in <Link to={`/runs/${run.parent_run_id}`}>run #{run.parent_run_id}</Link>
              </>
            )}
          </Fact>
          <Fact label="Asked for">
            <Time at={run.queued_at} />
          </Fact>
          <Fact label="Started">
            <Time at={run.started_at} none="not yet" />
          </Fact>
          <Fact label="Ended">
            <Time at={run.finished_at} none="not yet" />
          </Fact>
          <Fact label="Waited before its start">
            <Duration from={run.queued_at} to={run.started_at ?? run.finished_at} />
          </Fact>
          <Fact label="Finds it in the logs">
            <code className={classes.id}>{run.correlation_id}</code>
          </Fact>
        </Facts>
      </Panel>
      <Parameters run={run} />
    </PanelGrid>
  );
}

function Parameters({ run }: { run: Run }) {
  const version = useRunVersion(run.job_id, run.job_version);
  const values: [string, unknown][] = Object.entries(run.parameters);
  return (
    <Panel title="Parameters">
      {values.length === 0 ? (
        <span className={classes.soft}>This job takes none.</span>
      ) : (
        <Facts>
          {values.map(([name, value]) => (
            <Fact key={name} label={name}>
              {isSecret(name, value, version.data?.definition) ? (
                <span className={classes.soft}>••••••••, not shown</span>
              ) : (
                <code className={classes.value}>{typeof value === "string" ? value || "(empty)" : JSON.stringify(value)}</code>
              )}
            </Fact>
          ))}
        </Facts>
      )}
    </Panel>
  );
}

const COLUMNS: Column<AuditRecord>[] = [
  { id: "action", header: "What", cell: (entry) => <b>{entry.action}</b> },
  { id: "who", header: "Who", cell: (entry) => entry.actor_name ?? entry.actor_kind, width: "9rem" },
  { id: "outcome", header: "Outcome", cell: (entry) => <Status state={entry.outcome} />, width: "7rem", priority: 2 },
  { id: "ip", header: "From", cell: (entry) => entry.ip ?? "–", width: "10rem", priority: 3 },
  { id: "at", header: "When", cell: (entry) => <Time at={entry.at} />, width: "8.5rem" },
];

/** What the audit log says about the run; for admins. */
export function RunAudit({ run }: { run: Run }) {
  const audit = useRunAudit(run.id, `${run.status} ${run.cancel_requested_at ?? ""}`);
  return (
    <Panel title="Audit" flush>
      <Loaded query={audit}>
        {(entries) => (
          <DataTable
            label="Audit entries of the run"
            columns={COLUMNS}
            rows={entries}
            rowKey={(entry) => String(entry.id)}
            empty={<Empty title="Nothing on record" />}
            bare
          />
        )}
      </Loaded>
    </Panel>
  );
}
