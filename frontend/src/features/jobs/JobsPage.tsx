import { ActionIcon, Button, Menu, Select } from "@mantine/core";
import { IconDots, IconPlayerPlay, IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { useRole } from "@/api/session";
import { type Column, DataTable } from "@/ui/DataTable";
import { count } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { holds, SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { type Job, useJobs } from "./api";
import { stepsOf, textOf } from "./definition";
import { RunDialog } from "./RunDialog";
import { useJobSwitches } from "./switches";

const STATES = [
  { value: "", label: "Active and inactive" },
  { value: "active", label: "Only active" },
  { value: "inactive", label: "Only inactive" },
];

export default function JobsPage() {
  const jobs = useJobs();
  const writes = useRole("operator");
  const [filters, setFilters, { active, clear }] = useFilters({ q: "", state: "" });
  const [running, setRunning] = useState<Job | null>(null);
  const columns = useColumns(setRunning, writes);
  const shown =
    jobs.data?.filter(
      (job) =>
        holds(filters.q, job.name, textOf(job.definition["description"]), ...targetsOf(job)) &&
        (filters.state === "" || (filters.state === "active") === job.is_active),
    ) ?? [];
  const make = writes && (
    <Button component={Link} to="/jobs/new" leftSection={<IconPlus size={16} />}>
      New job
    </Button>
  );
  return (
    <Page title="Jobs" lead="What can be run on targets: steps in order, with parameters." actions={make}>
      <Toolbar aside={jobs.data && count(shown.length, "job")}>
        <SearchBox label="Search jobs" value={filters.q} onChange={(q) => setFilters({ q })} />
        <Select aria-label="State" data={STATES} value={filters.state} onChange={(state) => setFilters({ state: state ?? "" })} w={190} />
      </Toolbar>
      <Loaded query={jobs}>
        {() => (
          <DataTable
            label="Jobs"
            columns={columns}
            rows={shown}
            rowKey={(job) => String(job.id)}
            rowLink={(job) => `/jobs/${job.id}`}
            sort={{ id: "name" }}
            empty={
              active ? (
                <NoMatch clear={clear} />
              ) : (
                <Empty title="No jobs yet" action={make || undefined}>
                  A job says what to do on which targets. Once it is there, anybody who may run it starts it with one click.
                </Empty>
              )
            }
          />
        )}
      </Loaded>
      {running && <RunDialog job={running} onClose={() => setRunning(null)} />}
    </Page>
  );
}

/** Names of the targets that a job runs on, each once. */
const targetsOf = (job: Job): string[] => [...new Set(stepsOf(job.definition).map((step) => textOf(step["target"])))];

function useColumns(run: (job: Job) => void, writes: boolean): Column<Job>[] {
  return useMemo(
    () => [
      { id: "name", header: "Name", cell: (job) => job.name, sort: (job) => job.name.toLowerCase() },
      {
        id: "state",
        header: "State",
        cell: (job) => <Status state={job.is_active ? "active" : "inactive"} />,
        sort: (job) => (job.is_active ? 0 : 1),
        width: "7rem",
        priority: 2,
      },
      {
        id: "targets",
        header: "Runs on",
        cell: (job) => <span title={targetsOf(job).join(", ")}>{targetsOf(job).join(", ")}</span>,
        width: "20%",
        priority: 3,
      },
      {
        id: "steps",
        header: "Steps",
        cell: (job) => stepsOf(job.definition).length,
        sort: (job) => stepsOf(job.definition).length,
        width: "5.5rem",
        align: "right",
        priority: 3,
      },
      { id: "version", header: "Version", cell: (job) => job.version, sort: (job) => job.version, width: "6rem", align: "right", priority: 2 },
      {
        id: "changed",
        header: "Changed",
        cell: (job) => <Time at={job.updated_at} />,
        sort: (job) => job.updated_at,
        width: "9rem",
        priority: 2,
      },
      ...(writes
        ? [{ id: "actions", header: "", cell: (job: Job) => <Actions job={job} run={run} />, width: "8.5rem", align: "right" as const }]
        : []),
    ],
    [run, writes],
  );
}

function Actions({ job, run }: { job: Job; run: (job: Job) => void }) {
  const { remove, setActive } = useJobSwitches();
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconPlayerPlay size={14} />}
        aria-label={`Run ${job.name}`}
        disabled={!job.is_active}
        onClick={() => run(job)}
      >
        Run
      </Button>{" "}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${job.name}`} style={{ verticalAlign: "middle" }}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} to={`/jobs/${job.id}/edit`}>
            Edit
          </Menu.Item>
          <Menu.Item onClick={() => void setActive(job)}>{job.is_active ? "Deactivate" : "Activate"}</Menu.Item>
          <Menu.Item color="red" onClick={() => void remove(job)}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
