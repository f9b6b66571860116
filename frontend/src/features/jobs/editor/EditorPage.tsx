import { useParams } from "react-router";
import { Page } from "@/ui/Page";
import { Panel } from "@/ui/Panel";
import { Failure, Loading } from "@/ui/states";
import { useJob } from "../api";
import { JobEditor } from "./JobEditor";

export default function EditorPage() {
  const { id } = useParams();
  const number = id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : 0;
  const job = useJob(number, id !== undefined);
  if (id === undefined) return <JobEditor key="new" job={null} />;
  if (job.data) return <JobEditor key={number} job={job.data} />;
  return (
    <Page title="Edit a job" up={{ to: "/jobs", label: "Jobs" }}>
      <Panel>{job.error ? <Failure problem={job.error} retry={() => void job.refetch()} /> : <Loading rows={10} />}</Panel>
    </Page>
  );
}
