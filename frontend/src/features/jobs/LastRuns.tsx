import { Link } from "react-router";
import { type Run, useLastRuns } from "@/api/runs";
import { type Column, DataTable } from "@/ui/DataTable";
import { Panel } from "@/ui/Panel";
import { RunState } from "@/ui/run";
import { Empty, Loaded } from "@/ui/states";
import { Duration, Time } from "@/ui/Time";
import type { Job } from "./api";

/** Runs that are shown. */
const LIMIT = 8;

const COLUMNS: Column<Run>[] = [
  { id: "id", header: "Run", cell: (run) => `#${run.id}`, width: "5rem" },
  { id: "state", header: "State", cell: (run) => <RunState run={run} /> },
  { id: "who", header: "Started by", cell: (run) => run.requested_by_name, width: "7rem", priority: 3 },
  { id: "when", header: "When", cell: (run) => <Time at={run.queued_at} />, width: "7.5rem" },
  {
    id: "duration",
    header: "Duration",
    cell: (run) => <Duration from={run.started_at} to={run.finished_at} />,
    width: "6.5rem",
    align: "right",
    priority: 2,
  },
];

/** The last few runs of a job. */
export function LastRuns({ job }: { job: Job }) {
  const runs = useLastRuns(job.id, LIMIT);
  return (
    <Panel title="Last runs" flush aside={<Link to={`/runs?job=${job.id}`}>All runs</Link>}>
      <Loaded query={runs}>
        {({ rows }) => (
          <DataTable
            label="Last runs"
            columns={COLUMNS}
            rows={rows}
            rowKey={(run) => String(run.id)}
            rowLink={(run) => `/runs/${run.id}`}
            empty={<Empty title="Never run yet" />}
            bare
          />
        )}
      </Loaded>
    </Panel>
  );
}
