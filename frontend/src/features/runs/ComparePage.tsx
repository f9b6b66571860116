import { Checkbox, Select } from "@mantine/core";
import { useMemo } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { type Run, type RunStep, useLastRuns, useRun, useRunSteps } from "@/api/runs";
import { type Column, DataTable } from "@/ui/DataTable";
import { count, formatDuration, formatRelative } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Panel } from "@/ui/Panel";
import { Empty, Failure, Loading, NoMatch } from "@/ui/states";
import { Status } from "@/ui/Status";
import { useNow } from "@/ui/Time";
import { holds, SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { compareSteps, type StepDifference } from "./compare";
import { CompareRuns } from "./CompareRuns";
import { writePlace } from "./steps";
import classes from "./Compare.module.css";

/** Runs of the job to choose from. */
const CHOICES = 100;

const numberOf = (text: string | undefined): number => (/^\d{1,15}$/.test(text ?? "") ? Number(text) : 0);

export default function ComparePage() {
  const { id, other } = useParams();
  const after = useRun(numberOf(id));
  const before = useRun(numberOf(other));
  const afterSteps = useRunSteps(numberOf(id));
  const beforeSteps = useRunSteps(numberOf(other));
  const all = [after, before, afterSteps, beforeSteps];
  const up = { to: `/runs/${id}`, label: `Run #${id}` };
  if (after.data && before.data && afterSteps.data && beforeSteps.data) {
    return (
      <Page
        title={`Run #${id} beside #${other}`}
        up={up}
        lead={`What came out differently in both runs of ${after.data.job_name}.`}
        actions={<Choice run={after.data} other={before.data} />}
      >
        <CompareRuns before={before.data} after={after.data} />
        <Steps before={before.data} after={after.data} steps={[beforeSteps.data, afterSteps.data]} />
      </Page>
    );
  }
  const failed = all.find((query) => query.error);
  const retry = () => all.forEach((query) => void query.refetch());
  return (
    <Page title={`Run #${id} beside #${other}`} up={up}>
      <Panel>{failed?.error ? <Failure problem={failed.error} retry={retry} /> : <Loading />}</Panel>
    </Page>
  );
}

/** Another run of the same job to compare with. */
function Choice({ run, other }: { run: Run; other: Run }) {
  const navigate = useNavigate();
  const runs = useLastRuns(run.job_id, CHOICES);
  const others = (runs.data?.rows ?? []).filter((one) => one.id !== run.id);
  const known = others.some((one) => one.id === other.id) ? others : [other, ...others];
  const now = new Date(useNow());
  const words = (one: Run) => `#${one.id}, ${one.status}, ${formatRelative(new Date(one.queued_at), now)}`;
  return (
    <Select
      aria-label="Compare with"
      data={known.map((one) => ({ value: String(one.id), label: words(one) }))}
      value={String(other.id)}
      onChange={(value) => value && void navigate(`/runs/${run.id}/compare/${value}`)}
      allowDeselect={false}
      searchable
      className={classes.choice ?? ""}
    />
  );
}

interface StepsProps {
  before: Run;
  after: Run;
  steps: readonly [RunStep[], RunStep[]];
}

function Steps({ before, after, steps: [old, now] }: StepsProps) {
  const [filters, setFilters, { clear }] = useFilters({ find: "", all: "" });
  const steps = useMemo(() => compareSteps(old, now), [old, now]);
  const other = useMemo(() => steps.filter((step) => step.isOther || step.isOtherTime), [steps]);
  const rows = (filters.all ? steps : other).filter((step) => holds(filters.find, step.name, step.target));
  const columns = useMemo(() => columnsOf(before.id, after.id), [before.id, after.id]);
  return (
    <Panel title="Steps" flush aside={`${count(other.length, "difference")} in ${count(steps.length, "step")}`}>
      <div className={classes.tools}>
        <Toolbar
          aside={
            <Checkbox
              size="xs"
              label="Also what is the same"
              checked={filters.all !== ""}
              onChange={(event) => setFilters({ all: event.currentTarget.checked ? "yes" : "" })}
            />
          }
        >
          <SearchBox label="Find a step or target" value={filters.find} onChange={(find) => setFilters({ find })} />
        </Toolbar>
      </div>
      <DataTable
        label="Steps of both runs"
        columns={columns}
        rows={rows}
        rowKey={(step) => step.key}
        rowLink={(step) => linkTo(before.id, after.id, step)}
        empty={filters.find ? <NoMatch clear={clear} /> : <Empty title="Every step came out the same" tone="good" />}
        bare
      />
    </Panel>
  );
}

/** Where its log is: in the newer run, if it is in that. */
function linkTo(before: number, after: number, { places: [old, now] }: StepDifference): string {
  return now >= 0 ? `/runs/${after}${writePlace({ step: now, line: null })}` : `/runs/${before}${writePlace({ step: old, line: null })}`;
}

function columnsOf(before: number, after: number): Column<StepDifference>[] {
  return [
    { id: "step", header: "Step", cell: (step) => <Named step={step} />, sort: (step) => step.name },
    { id: "before", header: `#${before}`, cell: (step) => <Outcome step={step.before} run={before} place={step.places[0]} />, width: OUTCOME_WIDTH },
    { id: "after", header: `#${after}`, cell: (step) => <Outcome step={step.after} run={after} place={step.places[1]} />, width: OUTCOME_WIDTH },
    {
      id: "time",
      header: "Time",
      cell: (step) => <Slower by={step.slower} isMuch={step.isOtherTime} />,
      sort: (step) => step.slower ?? 0,
      width: "7rem",
      align: "right",
      priority: 2,
    },
  ];
}

/** Room for a sign on a phone, for a word elsewhere. */
const OUTCOME_WIDTH = "clamp(4rem, 18vw, 11rem)";

function Named({ step: { name, target } }: { step: StepDifference }) {
  return (
    <span className={classes.named}>
      <span title={name}>{name}</span>
      <span className={classes.soft} title={target}>
        {target}
      </span>
    </span>
  );
}

function Outcome({ step, run, place }: { step: RunStep | undefined; run: number; place: number }) {
  if (!step) return <span className={classes.soft}>not in it</span>;
  return (
    <Link to={`/runs/${run}${writePlace({ step: place, line: null })}`} className={classes.outcome} aria-label={`${step.name} in run ${run}: ${step.status}`}>
      <Status state={step.status} />
      {step.exit_code != null && step.exit_code !== 0 && <span>exit {step.exit_code}</span>}
    </Link>
  );
}

function Slower({ by, isMuch }: { by: number | undefined; isMuch: boolean }) {
  if (by === undefined) return <span className={classes.soft}>–</span>;
  return (
    <span className={isMuch ? classes.much : classes.soft}>
      {by < 0 ? "−" : "+"}
      {formatDuration(Math.abs(by))}
    </span>
  );
}
