import { Link } from "react-router";
import type { Target } from "@/api/targets";
import { Panel } from "@/ui/Panel";
import { Failure, Loading } from "@/ui/states";
import { useJobsOf } from "./api";
import classes from "./TargetPage.module.css";

/** Jobs that run on a target, and the ways to their runs. */
export function JobsPanel({ target }: { target: Target }) {
  const { data: jobs, error, refetch } = useJobsOf(target.name);
  return (
    <Panel title="Jobs that run here" flush>
      {error && !jobs && <Failure problem={error} retry={() => void refetch()} />}
      {!error && !jobs && <Loading rows={2} />}
      {jobs && (
        <ul className={classes.jobs}>
          {jobs.length === 0 && <li className={classes.soft}>No job names this target in a step.</li>}
          {jobs.map((job) => (
            <li key={job.id}>
              <Link to={`/jobs/${job.id}`}>{job.name}</Link>
              <Link to={`/runs?job_id=${job.id}`} aria-label={`Last runs of ${job.name}`} className={classes.soft}>
                Last runs
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
