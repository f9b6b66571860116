import { Button, Progress } from "@mantine/core";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useBlocker } from "react-router";
import { type Credential, useCredentials } from "@/api/credentials";
import { type Target, useTargets } from "@/api/targets";
import { confirm } from "@/ui/confirm";
import { count } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Panel } from "@/ui/Panel";
import { Loaded } from "@/ui/states";
import classes from "./Import.module.css";
import { parse } from "./parse";
import { planImport } from "./plan";
import { Preview } from "./Preview";
import { EMPTY, Source, type SourceText } from "./Source";
import { type ImportProgress, useImport } from "./useImport";

/** Targets from a CSV file or an Ansible inventory, shown before they are made. */
export default function ImportPage() {
  const targets = useTargets();
  const credentials = useCredentials();
  return (
    <Page
      title="Import targets"
      up={{ to: "/targets", label: "Targets" }}
      lead="From a CSV file or an Ansible inventory. Nothing is changed before you have seen what will be."
    >
      <Loaded query={targets}>
        {(known) => <Loaded query={credentials}>{(all) => <Importer targets={known} credentials={all} />}</Loaded>}
      </Loaded>
    </Page>
  );
}

function Importer({ targets, credentials }: { targets: readonly Target[]; credentials: readonly Credential[] }) {
  const [source, setSource] = useState<SourceText>(EMPTY);
  const [credential, setCredential] = useState<string | null>(null);
  // A long text is read after what was typed is seen.
  const read = useDeferredValue(source);
  const parsed = useMemo(() => parse(read.text, read.form), [read]);
  const rows = useMemo(() => {
    const chosen = credentials.find((one) => String(one.id) === credential);
    return planImport(parsed.rows, { targets, credentials, chosen });
  }, [parsed, targets, credentials, credential]);
  const { progress, start, stop, resultOf } = useImport();
  const work = useMemo(() => rows.filter((row) => row.act !== undefined), [rows]);
  const faults = useMemo(
    () => [
      ...parsed.faults,
      ...rows.filter((row) => row.faults.length > 0).map((row) => ({ line: row.row.line, message: row.faults.join("; ") })),
    ],
    [parsed, rows],
  );
  useAskBeforeLeaving(work.length > 0 || progress.running);
  return (
    <>
      <Source
        source={source}
        onChange={setSource}
        faults={faults}
        credentials={credentials}
        credential={credential}
        onCredential={setCredential}
        locked={progress.running}
      />
      {faults.length > 0 && <LineFaults faults={faults} />}
      <Panel
        title="What will happen"
        flush
        aside={
          <Start work={work.length} progress={progress} start={() => void start(work)} stop={stop} />
        }
      >
        <HowFar progress={progress} />
        <Preview rows={rows} credentials={credentials} resultOf={resultOf} />
      </Panel>
    </>
  );
}

interface StartProps {
  work: number;
  progress: ImportProgress;
  start: () => void;
  stop: () => void;
}

function Start({ work, progress, start, stop }: StartProps) {
  if (progress.running) {
    return (
      <Button size="compact-md" variant="default" onClick={stop}>
        Stop
      </Button>
    );
  }
  return (
    <Button size="compact-md" disabled={work === 0} onClick={start}>
      {work === 0 ? "Import" : `Import ${count(work, "target")}`}
    </Button>
  );
}

/** How far the import is; afterwards, how it went. */
function HowFar({ progress: { running, done, of, failed } }: { progress: ImportProgress }) {
  if (of === 0) return null;
  const words = running ? `${done} of ${of}` : done < of ? `Stopped after ${done} of ${of}` : `${count(done - failed, "target")} imported`;
  return (
    <div className={classes.progress} role="status">
      <Progress value={(done / of) * 100} color={failed > 0 ? "orange" : running ? undefined : "teal"} aria-label="Progress of the import" />
      <span>
        {words}
        {failed > 0 && `; ${count(failed, "row")} refused: see the table, mend the text, and import again`}
      </span>
    </div>
  );
}

/** What is to be mended, the first few lines of it. */
function LineFaults({ faults }: { faults: readonly { line: number; message: string }[] }) {
  const shown = faults.slice(0, 10);
  return (
    <ul className={classes.faults} aria-label="Lines to be mended">
      {shown.map(({ line, message }, index) => (
        <li key={`${line} ${index}`}>
          <b>Line {line}:</b> {message}
        </li>
      ))}
      {faults.length > shown.length && <li>and {faults.length - shown.length} more; the editor marks each line, the table can show only the wrong ones</li>}
    </ul>
  );
}

/** Asks before text that is not imported yet is lost. */
function useAskBeforeLeaving(busy: boolean): void {
  const blocker = useBlocker(({ currentLocation, nextLocation }) => busy && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    void confirm({
      title: "Leave without importing?",
      body: "There are rows that are not imported. The text is lost.",
      action: "Leave",
    }).then((yes) => (yes ? blocker.proceed() : blocker.reset()));
  }, [blocker]);
}
