import { Alert, Button, List, SegmentedControl, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { CodeEditor } from "@/ui/CodeEditor";
import { ProblemAlert } from "@/ui/feedback";
import { Page } from "@/ui/Page";
import { Panel } from "@/ui/Panel";
import { type Job, type TargetChoice, useTargetChoices } from "../api";
import type { Json } from "../definition";
import { toYaml } from "../yaml";
import { check } from "./checks";
import { DefinitionForm } from "./DefinitionForm";
import { type Fault, pathInWords, type Refusal, stillHolds } from "./faults";
import { changesOf, shownDefinition } from "./save";
import type { LineFault } from "./source";
import { type Edits, useDefinition, type Written } from "./useDefinition";
import { useDraft } from "./useDraft";
import { useSave } from "./useSave";
import classes from "./Editor.module.css";

const BLANK: Json = { name: "", steps: [{ type: "ssh.exec", target: "", command: "" }] };

/** A job as form and YAML, both of the same definition. */
export function JobEditor({ job }: { job: Job | null }) {
  // The job may be read anew at any time; what is edited is the one that was opened.
  const [opened] = useState(job);
  const [start] = useState(() => toYaml(opened ? shownDefinition(opened) : BLANK));
  const [written, edits] = useDefinition(start);
  const targets = useTargetChoices();
  const names = useMemo(() => targets.data && new Set(targets.data.map((one) => one.name)), [targets.data]);
  const dirty = written.text !== start;
  const draft = useDraft(opened?.id ?? null, written.text, dirty);
  const { save, saving, refusal, problem, tried } = useSave(opened, dirty, draft.drop);
  const faults = useFaults(written, names, refusal, tried || opened !== null);
  const definition = written.source.definition;
  return (
    <Page
      title={opened ? `Edit ${opened.name}` : "New job"}
      up={opened ? { to: `/jobs/${opened.id}`, label: opened.name } : { to: "/jobs", label: "Jobs" }}
      lead={opened ? versionWords(opened, definition, dirty) : "Steps run one after the other, each on its target. Form and YAML are always the same."}
      actions={
        <>
          <Button variant="default" component={Link} to={opened ? `/jobs/${opened.id}` : "/jobs"}>
            Cancel
          </Button>
          <Button loading={saving} disabled={opened !== null && !dirty} onClick={() => void save(written, check(definition, names))}>
            {opened ? "Save" : "Create job"}
          </Button>
        </>
      }
    >
      {draft.found !== null && (
        <Draft
          restore={() => {
            edits.write(draft.found ?? start);
            draft.settle();
          }}
          discard={draft.drop}
        />
      )}
      <ProblemAlert problem={problem} shown={["name", "definition"]} />
      {(tried || problem) && <FaultList faults={faults} broken={written.broken} />}
      <Sides written={written} edits={edits} targets={targets.data ?? []} faults={faults} />
    </Page>
  );
}

interface SidesProps {
  written: Written;
  edits: Edits;
  targets: readonly TargetChoice[];
  faults: readonly Fault[];
}

/** Form and YAML side by side, or one of both where there is no room. */
function Sides({ written, edits, targets, faults }: SidesProps) {
  const [tab, setTab] = useState("form");
  const waiting = written.broken.length > 0;
  return (
    <>
      <SegmentedControl
        className={classes.tabs ?? ""}
        aria-label="How the job is shown"
        data={[
          { value: "form", label: "Form" },
          { value: "yaml", label: "YAML" },
        ]}
        value={tab}
        onChange={setTab}
      />
      <div className={classes.sides} data-tab={tab}>
        <div className={classes.formSide}>
          {waiting && <Waiting broken={written.broken} />}
          <DefinitionForm definition={written.source.definition} edits={edits} targets={targets} faults={faults} waiting={waiting} />
        </div>
        <Panel title="YAML" flush className={classes.yamlSide ?? ""}>
          <CodeEditor
            label="Definition as YAML"
            language="yaml"
            value={written.text}
            onChange={edits.write}
            faults={linesOf(written, faults)}
            height="calc(100dvh - 14rem)"
          />
        </Panel>
      </div>
    </>
  );
}

/** All that is wrong at this moment; what is merely not filled in yet only once `all` counts. */
function useFaults(written: Written, targets: ReadonlySet<string> | undefined, refusal: Refusal | null, all: boolean): Fault[] {
  const { definition } = written.source;
  return useMemo(() => {
    const own = check(definition, targets).filter((fault) => all || !fault.missing);
    const refused = refusal ? stillHolds(refusal, definition) : [];
    return [...own, ...refused];
  }, [definition, targets, refusal, all]);
}

/** Faults at their lines: of the YAML as such, else of what it says. */
function linesOf({ broken, source }: Written, faults: readonly Fault[]): readonly LineFault[] {
  if (broken.length > 0) return broken;
  return faults.map((fault) => ({ line: source.lineOf(fault.path), message: `${pathInWords(fault.path)}: ${fault.detail}` }));
}

function versionWords(job: Job, definition: Json, dirty: boolean): string {
  const changes = changesOf(job, definition);
  if (!dirty || Object.keys(changes).length === 0) return `Version ${job.version}; nothing has changed yet.`;
  if (!changes.definition) return `The name changes; the job stays at version ${job.version}.`;
  return `Saving makes version ${job.version + 1}. Runs that are under way go on with the version that they began.`;
}

function Draft({ restore, discard }: { restore: () => void; discard: () => void }) {
  return (
    <Alert color="blue" icon={<IconHistory />} title="There is an unsaved draft from before">
      <div className={classes.line}>
        <span>It was typed in this tab and never saved.</span>
        <Button size="compact-sm" onClick={restore}>
          Restore it
        </Button>
        <Button size="compact-sm" variant="default" onClick={discard}>
          Discard it
        </Button>
      </div>
    </Alert>
  );
}

function Waiting({ broken }: { broken: readonly LineFault[] }) {
  return (
    <Alert color="red" role="alert" title={`The YAML cannot be read: line ${broken[0]?.line ?? 1}`}>
      {broken[0]?.message}. The form stays as it was until then.
    </Alert>
  );
}

function FaultList({ faults, broken }: { faults: readonly Fault[]; broken: readonly LineFault[] }) {
  if (faults.length === 0 || broken.length > 0) return null;
  return (
    <Alert color="red" variant="light" role="alert" title={faults.length === 1 ? "One thing is to be put right" : `${faults.length} things are to be put right`}>
      <List size="sm">
        {faults.slice(0, 10).map((fault, index) => (
          <List.Item key={index}>
            <b>{pathInWords(fault.path)}</b>: {fault.detail}
          </List.Item>
        ))}
      </List>
      {faults.length > 10 && <Text size="sm">and {faults.length - 10} more, marked in the YAML</Text>}
    </Alert>
  );
}
