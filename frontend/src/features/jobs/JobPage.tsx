import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots, IconPencil, IconPlayerPlay } from "@tabler/icons-react";
import { Link, useNavigate, useParams } from "react-router";
import { useRun } from "@/api/runs";
import { useRole } from "@/api/session";
import { Page } from "@/ui/Page";
import { Panel, PanelGrid } from "@/ui/Panel";
import { Failure, Loading } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { useFilters } from "@/ui/url";
import { type Job, useJob } from "./api";
import { textOf } from "./definition";
import { LastRuns } from "./LastRuns";
import { ParameterList, StepList } from "./Outline";
import { RunDialog } from "./RunDialog";
import { useJobSwitches } from "./switches";
import { Versions } from "./Versions";

export default function JobPage() {
  const { id = "" } = useParams();
  const number = /^\d{1,15}$/.test(id) ? Number(id) : 0;
  const job = useJob(number);
  if (job.data && job.error?.status !== 404) return <JobView key={number} job={job.data} />;
  return (
    <Page title={`Job ${id}`} up={{ to: "/jobs", label: "Jobs" }}>
      <Panel>{job.error ? <Failure problem={job.error} retry={() => void job.refetch()} /> : <Loading />}</Panel>
    </Page>
  );
}

function JobView({ job }: { job: Job }) {
  // "yes", or the number of a run whose parameters are taken over.
  const [filters, setFilters] = useFilters({ run: "" });
  const earlier = /^\d+$/.test(filters.run) ? Number(filters.run) : 0;
  const given = useRun(earlier, { enabled: earlier > 0 });
  const may = useRole("operator") && job.is_active;
  const asked = may && filters.run !== "" && (earlier === 0 || given.data !== undefined || given.error !== null);
  return (
    <Page
      title={job.name}
      badge={<Status state={job.is_active ? "active" : "inactive"} />}
      up={{ to: "/jobs", label: "Jobs" }}
      lead={
        <>
          {textOf(job.definition["description"])} Version {job.version}, changed <Time at={job.updated_at} />.
        </>
      }
      actions={<Actions job={job} run={() => setFilters({ run: "yes" })} />}
    >
      <PanelGrid min="26rem">
        <Panel title="What it does">
          <StepList definition={job.definition} />
        </Panel>
        <LastRuns job={job} />
      </PanelGrid>
      <ParameterList definition={job.definition} />
      <Versions job={job} />
      {asked && (
        <RunDialog job={job} {...(given.data && { given: given.data.parameters })} onClose={(started) => started || setFilters({ run: "" })} />
      )}
    </Page>
  );
}

function Actions({ job, run }: { job: Job; run: () => void }) {
  const writes = useRole("operator");
  const navigate = useNavigate();
  const { remove, setActive } = useJobSwitches();
  if (!writes) return null;
  return (
    <>
      <Button
        leftSection={<IconPlayerPlay size={16} />}
        onClick={run}
        disabled={!job.is_active}
        title={job.is_active ? undefined : "Activate the job first"}
      >
        Run
      </Button>
      <Button variant="default" leftSection={<IconPencil size={16} />} component={Link} to={`/jobs/${job.id}/edit`}>
        Edit
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void setActive(job)}>{job.is_active ? "Deactivate" : "Activate"}</Menu.Item>
          <Menu.Item color="red" onClick={() => void remove(job).then((gone) => gone && navigate("/jobs"))}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
