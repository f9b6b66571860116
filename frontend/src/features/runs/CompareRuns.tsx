import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Run } from "@/api/runs";
import { Panel } from "@/ui/Panel";
import { RunState } from "@/ui/run";
import { Duration, Time } from "@/ui/Time";
import { useRunVersion } from "./api";
import { compareParameters } from "./compare";
import { isSecret } from "./secret";
import classes from "./Compare.module.css";

/** Both runs beside each other: how they ended, and what they were told. */
export function CompareRuns({ before, after }: { before: Run; after: Run }) {
  const version = useRunVersion(after.job_id, after.job_version);
  const parameters = compareParameters(before, after);
  const show = (name: string, value: unknown): ReactNode => {
    if (value === undefined) return <span className={classes.soft}>not given</span>;
    if (isSecret(name, value, version.data?.definition)) return <span className={classes.soft}>another one, not shown</span>;
    return <code className={classes.value}>{typeof value === "string" ? value || "(empty)" : JSON.stringify(value)}</code>;
  };
  return (
    <Panel title="Runs" flush>
      <div className={classes.scroller} tabIndex={0} role="region" aria-label="Both runs">
        <table className={classes.both}>
          <thead>
            <tr>
              <td />
              {[before, after].map((run) => (
                <th key={run.id} scope="col">
                  <Link to={`/runs/${run.id}`}>Run #{run.id}</Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Row label="State" before={<RunState run={before} />} after={<RunState run={after} />} />
            <Row label="Started by" before={<Started run={before} />} after={<Started run={after} />} />
            <Row
              label="Took"
              before={<Duration from={before.started_at} to={before.finished_at} />}
              after={<Duration from={after.started_at} to={after.finished_at} />}
            />
            <Row label="Version of the job" before={before.job_version} after={after.job_version} isOther={before.job_version !== after.job_version} />
            {parameters.map(({ name, ...of }) => (
              <Row key={name} label={name} before={show(name, of.before)} after={show(name, of.after)} isOther />
            ))}
          </tbody>
        </table>
      </div>
      {parameters.length === 0 && <p className={classes.note}>Both were told the same parameters.</p>}
    </Panel>
  );
}

const Started = ({ run }: { run: Run }) => (
  <>
    {run.requested_by_name}, <Time at={run.queued_at} />
  </>
);

interface RowProps {
  label: string;
  before: ReactNode;
  after: ReactNode;
  isOther?: boolean;
}

function Row({ label, before, after, isOther = false }: RowProps) {
  return (
    <tr data-other={isOther || undefined}>
      <th scope="row">{label}</th>
      <td>{before}</td>
      <td>{after}</td>
    </tr>
  );
}
