import { Select } from "@mantine/core";
import { useCallback } from "react";
import { useNavigate } from "react-router";
import { isMoving, type Run, type RunStatus, useRunPages, useRunSteps } from "@/api/runs";
import { type Column, DataTable } from "@/ui/DataTable";
import { count } from "@/ui/format";
import { Page } from "@/ui/Page";
import { RunState } from "@/ui/run";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { Duration, Time } from "@/ui/Time";
import { Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { useJobNames } from "./api";
import { FindRun } from "./FindRun";
import { isFinal } from "./steps";
import classes from "./Runs.module.css";

const STATES: { value: RunStatus | ""; label: string }[] = [
  { value: "", label: "All states" },
  { value: "queued", label: "Queued" },
  { value: "running", label: "Running" },
  { value: "needs_attention", label: "Needs attention" },
  { value: "failed", label: "Failed" },
  { value: "canceled", label: "Canceled" },
  { value: "succeeded", label: "Succeeded" },
];

const COLUMNS: Column<Run>[] = [
  { id: "id", header: "Run", cell: (run) => `#${run.id}`, width: "5.5rem" },
  { id: "state", header: "State", cell: (run) => <RunState run={run} />, width: "10rem" },
  { id: "job", header: "Job", cell: (run) => <JobName run={run} /> },
  { id: "progress", header: "Steps", cell: (run) => <Progress run={run} />, width: "10rem", priority: 2 },
  { id: "who", header: "Started by", cell: (run) => run.requested_by_name, width: "9rem", priority: 3 },
  { id: "when", header: "When", cell: (run) => <Time at={run.queued_at} />, width: "8.5rem", priority: 2 },
  {
    id: "duration",
    header: "Duration",
    cell: (run) => <Duration from={run.started_at} to={run.finished_at} />,
    width: "8rem",
    align: "right",
    priority: 2,
  },
];

export default function RunsPage() {
  const [filters, setFilters, { active, clear }] = useFilters({ status: "", job: "" });
  const status = STATES.find(({ value }) => value !== "" && value === filters.status)?.value;
  const job = /^\d+$/.test(filters.job) ? Number(filters.job) : undefined;
  const runs = useRunPages({ status: status || undefined, job_id: job });
  const navigate = useNavigate();
  const { hasNextPage, isFetching, fetchNextPage } = runs;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  return (
    <Page title="Runs" lead="What was started, what runs at this moment, and what came of it.">
      <Toolbar aside={runs.data && count(runs.data.total, "run")}>
        <Select aria-label="State" data={STATES} value={status ?? ""} onChange={(value) => setFilters({ status: value ?? "" })} w={170} />
        <JobFilter value={filters.job} onChange={(value) => setFilters({ job: value })} />
        <FindRun go={(id) => void navigate(`/runs/${id}`)} />
      </Toolbar>
      <Loaded query={runs}>
        {({ rows, total }) => (
          <DataTable
            label="Runs"
            columns={COLUMNS}
            rows={rows}
            rowKey={(run) => String(run.id)}
            rowLink={(run) => `/runs/${run.id}`}
            total={total}
            onEnd={more}
            empty={
              active ? (
                <NoMatch clear={clear} />
              ) : (
                <Empty title="Nothing was run yet">Start a job on the page Jobs: its run shows here at once.</Empty>
              )
            }
          />
        )}
      </Loaded>
    </Page>
  );
}

function JobName({ run }: { run: Run }) {
  return (
    <span title={run.job_name}>
      {run.job_name}
      {run.undoes != null && <span className={classes.soft}> undoes #{run.undoes}</span>}
    </span>
  );
}

function JobFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const jobs = useJobNames();
  const data = (jobs.data ?? []).map((job) => ({ value: String(job.id), label: job.name }));
  // Runs of a job that is gone can still be linked to.
  if (value !== "" && jobs.data && !data.some((one) => one.value === value)) data.push({ value, label: `job ${value} (deleted)` });
  return (
    <Select
      aria-label="Job"
      placeholder="All jobs"
      data={data}
      value={value || null}
      onChange={(chosen) => onChange(chosen ?? "")}
      searchable
      clearable
      limit={100}
      nothingFoundMessage="No such job"
      clearButtonProps={{ "aria-label": "All jobs" }}
      w={240}
    />
  );
}

/** How far a run is. Only for one that is at work the steps are asked for. */
function Progress({ run }: { run: Run }) {
  const moving = isMoving(run.status) && run.status !== "queued";
  const steps = useRunSteps(run.id, { enabled: moving });
  const total = run.steps_total;
  if (run.status === "succeeded") return <Bar done={total} total={total} tone="good" />;
  if (moving) return <Bar done={steps.data?.filter((step) => isFinal(step.status)).length ?? 0} total={total} tone="busy" />;
  if (run.status === "queued") return <Bar done={0} total={total} tone="idle" />;
  return <span className={classes.soft}>{count(total, "step")}</span>;
}

function Bar({ done, total, tone }: { done: number; total: number; tone: string }) {
  return (
    <span className={classes.progress}>
      <span className={classes.track} aria-hidden>
        <span className={classes.done} data-tone={tone} style={{ width: `${total === 0 ? 0 : (done / total) * 100}%` }} />
      </span>
      <span>
        {done} of {total}
      </span>
    </span>
  );
}
