import { Select } from "@mantine/core";
import { useMemo } from "react";
import { count } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Loaded } from "@/ui/states";
import { Time } from "@/ui/Time";
import { useFilters } from "@/ui/url";
import { type Job, useVersions, type Version } from "./api";
import { type DiffLine, diffLines } from "./diff";
import { toYaml } from "./yaml";
import classes from "./Jobs.module.css";

/** Every definition that the job has had, and what differs between two of them. */
export function Versions({ job }: { job: Job }) {
  const versions = useVersions(job.id);
  return (
    <Loaded query={versions} loading={null}>
      {(all) => <Compare versions={all} />}
    </Loaded>
  );
}

function Compare({ versions }: { versions: readonly Version[] }) {
  const [filters, setFilters] = useFilters({ version: "", with: "" });
  const at = Math.max(0, versions.findIndex((one) => String(one.version) === filters.version));
  const newer = versions[at];
  const older = versions.find((one) => String(one.version) === filters.with) ?? versions[at + 1] ?? newer;
  const lines = useMemo(() => (older && newer ? diffLines(toYaml(older.definition), toYaml(newer.definition)) : []), [older, newer]);
  if (!newer || !older) return null;
  const choices = versions.map((one) => ({ value: String(one.version), label: `Version ${one.version}` }));
  return (
    <Panel
      title={versions.length === 1 ? "Definition" : count(versions.length, "version")}
      flush
      aside={
        versions.length > 1 && (
          <div className={classes.choose}>
            <Select
              size="xs"
              aria-label="Compare version"
              data={choices}
              value={String(older.version)}
              onChange={(value) => setFilters({ with: value ?? "" })}
              w={118}
            />
            <span aria-hidden>→</span>
            <Select
              size="xs"
              aria-label="with version"
              data={choices}
              value={String(newer.version)}
              onChange={(value) => setFilters({ version: value ?? "", with: filters.with || String(older.version) })}
              w={118}
            />
          </div>
        )
      }
    >
      <div className={classes.saved}>
        Version {newer.version}, saved <Time at={newer.created_at} />
        {older !== newer && `; ${words(lines)} since version ${older.version}`}
      </div>
      <Diff lines={lines} single={older === newer} />
    </Panel>
  );
}

function words(lines: readonly DiffLine[]): string {
  const amount = (kind: DiffLine["kind"]) => lines.filter((line) => line.kind === kind).length;
  const [added, removed] = [amount("added"), amount("removed")];
  return added + removed === 0 ? "nothing changed" : `${count(added, "line")} added, ${removed} removed`;
}

const SIGNS: Record<DiffLine["kind"], string> = { same: " ", added: "+", removed: "−" };

function Diff({ lines, single }: { lines: readonly DiffLine[]; single: boolean }) {
  return (
    <div className={classes.diff} role="region" aria-label="Definition, line by line" tabIndex={0}>
      <table>
        <tbody>
          {lines.map((line, index) => (
            <tr key={index} data-kind={line.kind}>
              {!single && <td className={classes.number}>{line.before}</td>}
              <td className={classes.number}>{line.after}</td>
              <td className={classes.sign}>
                <span aria-label={line.kind === "same" ? undefined : line.kind}>{SIGNS[line.kind]}</span>
              </td>
              <td className={classes.line}>{line.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
