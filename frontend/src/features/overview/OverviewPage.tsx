import { Button } from "@mantine/core";
import { IconArrowRight, IconCircleCheck } from "@tabler/icons-react";
import { Link } from "react-router";
import { usePlatform } from "@/api/platform";
import { useRole } from "@/api/session";
import TimeChart from "@/ui/chart/TimeChart";
import { type Column, DataTable } from "@/ui/DataTable";
import { formatNumber } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Figure, Panel, PanelGrid } from "@/ui/Panel";
import { Empty, Failure, Loaded, Loading } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Duration, Time } from "@/ui/Time";
import { type Activity, type Run, type SuiteState, useActivity, useLatestRuns, useSuiteStates } from "./api";
import { findAttention, total } from "./attention";
import classes from "./OverviewPage.module.css";

export default function OverviewPage() {
  const activity = useActivity();
  const platform = usePlatform();
  const { suites, loading, problem } = useSuiteStates();
  const known = !activity.isPending && !platform.isPending && !loading;
  return (
    <Page title="Overview" lead="What needs attention, what runs, and how things went lately.">
      <Attention
        items={known ? findAttention({ activity: activity.data, suites, platform: platform.data }) : undefined}
      />
      <Figures activity={activity.data} suites={loading ? undefined : suites} />
      <div className={classes.columns}>
        <Panel title="Runs of the last 24 hours" aside={<Legend />}>
          <Loaded query={activity} loading={<div className={classes.chart} />}>
            {(data) => <RunsChart activity={data} />}
          </Loaded>
        </Panel>
        <Panel title="Use of port ranges" aside={<Link to="/ports">Dashboard</Link>}>
          {problem && suites.length === 0 ? <Failure problem={problem} /> : <Ranges suites={loading ? undefined : suites} />}
        </Panel>
      </div>
      <LatestRuns />
    </Page>
  );
}

function Attention({ items }: { items: ReturnType<typeof findAttention> | undefined }) {
  return (
    <Panel title="Needs attention" flush>
      {items === undefined && <Loading rows={1} />}
      {items?.length === 0 && (
        <div className={classes.calm}>
          <IconCircleCheck size={20} aria-hidden />
          Nothing. All services answer, no run failed, no port is in conflict.
        </div>
      )}
      {items !== undefined && items.length > 0 && (
        <ul className={classes.attention}>
          {items.map((item) => (
            <li key={item.text}>
              <Link to={item.to}>
                <Status state={item.tone === "bad" ? "failed" : "open"} label={item.tone === "bad" ? "wrong" : "look"} />
                <span>{item.text}</span>
                <IconArrowRight size={16} aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Figures({ activity, suites }: { activity: Activity | undefined; suites: readonly SuiteState[] | undefined }) {
  const good = total(activity, "succeeded");
  const bad = total(activity, "failed");
  const ended = good + bad;
  const sum = (pick: (suite: SuiteState) => number) => suites?.reduce((all, suite) => all + pick(suite), 0);
  const services = sum((suite) => suite.statistics.total_services);
  const conflicts = sum((suite) => suite.statistics.conflicts);
  return (
    <PanelGrid min="8.5rem">
      <Figure
        label="Active runs"
        value={activity ? formatNumber(activity.open["running"] ?? 0) : "–"}
        note={activity ? `${formatNumber(activity.open["queued"] ?? 0)} waiting` : "\u00a0"}
      />
      <Figure
        label="Succeeded in 24 hours"
        value={ended > 0 ? `${Math.round((good / ended) * 100)} %` : "–"}
        note={activity ? `${formatNumber(good)} of ${formatNumber(ended)} ended` : "\u00a0"}
        {...(bad > 0 && good / ended < 0.9 && { tone: "bad" as const })}
      />
      <Figure
        label="Healthy services"
        value={formatNumber(sum((suite) => suite.statistics.healthy_services) ?? 0)}
        note={services === undefined ? "\u00a0" : `of ${formatNumber(services)} in ${suites?.length ?? 0} suites`}
      />
      <Figure
        label="Port conflicts"
        value={conflicts === undefined ? "–" : formatNumber(conflicts)}
        note="open now"
        {...(conflicts !== undefined && { tone: conflicts > 0 ? ("bad" as const) : ("good" as const) })}
      />
    </PanelGrid>
  );
}

const KINDS: { state: string; label: string; color: `--${string}` }[] = [
  { state: "succeeded", label: "succeeded", color: "--opsc-good-solid" },
  { state: "failed", label: "failed", color: "--opsc-bad-solid" },
  { state: "canceled", label: "canceled", color: "--opsc-idle-solid" },
];

function Legend() {
  return (
    <span className={classes.legend}>
      {KINDS.map((kind) => (
        <span key={kind.state}>
          <i style={{ background: `var(${kind.color})` }} />
          {kind.label}
        </span>
      ))}
    </span>
  );
}

function RunsChart({ activity }: { activity: Activity }) {
  const { hours } = activity;
  const words = KINDS.map(({ state, label }) => `${total(activity, state)} ${label}`).join(", ");
  return (
    <TimeChart
      label={`Runs of the last 24 hours: ${words}`}
      times={hours.map((hour) => Date.parse(hour.start))}
      series={KINDS.map(({ state, label, color }) => ({
        label,
        color,
        values: hours.map((hour) => hour.states[state] ?? 0),
      }))}
      height={225}
    />
  );
}

function Ranges({ suites }: { suites: readonly SuiteState[] | undefined }) {
  if (!suites) return <Loading rows={3} />;
  if (suites.length === 0) return <Empty title="No suites" />;
  return (
    <ul className={classes.ranges}>
      {suites.map(({ name, title, statistics }) => {
        const [first = 0, after = 0] = statistics.port_range;
        const share = Math.min(100, statistics.utilization_percent);
        return (
          <li key={name}>
            <div className={classes.range}>
              <Link to={`/ports?suite=${name}`}>{title}</Link>
              <span>
                {statistics.used_ports} used, {formatNumber(statistics.available_ports)} free
              </span>
            </div>
            <div className={classes.track} role="img" aria-label={`${statistics.utilization_percent} percent used`}>
              <div style={{ width: `${Math.max(share, 1)}%` }} />
            </div>
            <div className={classes.span}>
              {first} to {after - 1}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

const COLUMNS: Column<Run>[] = [
  { id: "job", header: "Run", cell: (run) => `#${run.id} ${run.job_name}` },
  { id: "state", header: "State", cell: (run) => <Status state={run.status} />, width: "11rem" },
  { id: "who", header: "By", cell: (run) => run.requested_by_name, width: "10rem", priority: 2 },
  { id: "when", header: "Asked for", cell: (run) => <Time at={run.queued_at} />, width: "9rem", priority: 2 },
  { id: "took", header: "Took", cell: (run) => <Duration from={run.started_at} to={run.finished_at} />, width: "7rem", priority: 3 },
];

function LatestRuns() {
  const runs = useLatestRuns();
  const mayRun = useRole("operator");
  const none = (
    <Empty
      title="Nothing has run yet"
      action={
        <Button component={Link} to="/jobs" variant="default">
          {mayRun ? "To the jobs" : "See the jobs"}
        </Button>
      }
    >
      A job is a list of steps for your machines; each start of it is a run.
    </Empty>
  );
  return (
    <Panel title="Latest runs" flush aside={<Link to="/runs">All runs</Link>}>
      <Loaded query={runs}>
        {(rows) => (
          <DataTable
            label="Latest runs"
            columns={COLUMNS}
            rows={rows}
            rowKey={(run) => String(run.id)}
            rowLink={(run) => `/runs/${run.id}`}
            empty={none}
            bare
          />
        )}
      </Loaded>
    </Panel>
  );
}
