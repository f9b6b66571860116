import { Button, Checkbox, FileButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDownload, IconFileImport, IconListCheck, IconRestore } from "@tabler/icons-react";
import { useMemo, useRef, useState } from "react";
import { CodeEditor } from "@/ui/CodeEditor";
import { confirm } from "@/ui/confirm";
import { saveFile } from "@/ui/file";
import { Panel } from "@/ui/Panel";
import { Loaded, Loading } from "@/ui/states";
import { useExport, usePlan, type Wish } from "./api";
import classes from "./Configuration.module.css";
import { findFaults, findSyntaxFaults } from "./faults";
import { PlanPanel } from "./PlanPanel";

/** Milliseconds without typing after which the text is read. */
const PAUSE_MS = 300;
/** Faults that are named below the text; all are marked in it. */
const SHOWN = 10;

interface Props {
  suite: string;
  /** What was typed or loaded; the present state, if nothing was. */
  draft: string | null;
  /** The draft is neither applied nor as it was loaded. */
  unsaved: boolean;
  setDraft: (text: string | null, isKept?: boolean) => void;
}

/** The wished ports as a document: written, planned, applied. */
export function CodePanel({ suite, draft, unsaved, setDraft }: Props) {
  const present = useExport(suite);
  const [prune, setPrune] = useState(false);
  const [wish, setWish] = useState<Wish | null>(null);
  const plan = usePlan(suite, wish);
  const text = draft ?? present.data ?? "";
  const isPlanned = wish !== null && wish.text === text && wish.prune === prune;
  const faults = useFaults(text, isPlanned ? plan : null);
  const replace = async (next: string | null) => {
    const yes =
      !unsaved || (await confirm({ title: "Replace your document?", body: "What you changed in it is lost.", action: "Replace" }));
    if (yes) setDraft(next, true);
  };
  return (
    <>
      <Panel title="Document" aside={<Files suite={suite} text={text} isDraft={draft !== null} replace={replace} />}>
        <Loaded query={present} loading={<Loading rows={10} />}>
          {(exported) => (
            <CodeEditor
              label="Wished ports, as YAML"
              language="yaml"
              value={text}
              onChange={(next) => next !== text && setDraft(next === exported ? null : next)}
              faults={faults}
              height="24rem"
            />
          )}
        </Loaded>
        <div role="status" aria-label="Faults of the document">
          {faults.length > 0 && (
            <ul className={classes.faults}>
              {faults.slice(0, SHOWN).map(({ line, message }) => (
                <li key={`${line} ${message}`}>
                  <b>Line {line}</b>: {message}
                </li>
              ))}
              {faults.length > SHOWN && <li>and {faults.length - SHOWN} more</li>}
            </ul>
          )}
        </div>
        <div className={classes.below}>
          <Checkbox
            label="Take ports away from services that the document does not name"
            description="Otherwise they stay as they are."
            checked={prune}
            onChange={(event) => setPrune(event.currentTarget.checked)}
          />
          <Button
            leftSection={<IconListCheck size={16} />}
            disabled={text.trim() === ""}
            loading={isPlanned && plan.isFetching && !plan.data}
            onClick={() => (isPlanned ? void plan.refetch() : setWish({ text, prune }))}
          >
            Show the plan
          </Button>
        </div>
      </Panel>
      {wish && (
        <PlanPanel
          suite={suite}
          wish={wish}
          plan={plan}
          isCurrent={isPlanned}
          applied={() => setDraft(draft, true)}
        />
      )}
    </>
  );
}

/** What is wrong with the text: while it is typed what is no YAML, after a plan what the plan found. */
function useFaults(text: string, plan: ReturnType<typeof usePlan> | null) {
  const [settled] = useDebouncedValue(text, PAUSE_MS);
  const syntax = useMemo(() => findSyntaxFaults(settled), [settled]);
  const { error = null, data } = plan ?? {};
  return useMemo(() => (syntax.length > 0 ? syntax : findFaults(text, error, data)), [syntax, text, error, data]);
}

interface FilesProps {
  suite: string;
  text: string;
  isDraft: boolean;
  replace: (text: string | null) => Promise<void>;
}

/** Where a document comes from and goes to. */
function Files({ suite, text, isDraft, replace }: FilesProps) {
  const forget = useRef<() => void>(null);
  return (
    <>
      {isDraft && (
        <Button size="compact-sm" variant="default" leftSection={<IconRestore size={14} />} onClick={() => void replace(null)}>
          Present state
        </Button>
      )}
      <FileButton
        accept=".yaml,.yml,.json"
        resetRef={forget}
        onChange={(file) => {
          void file?.text().then(replace);
          // The same file may be chosen again after it was changed.
          forget.current?.();
        }}
      >
        {(props) => (
          <Button size="compact-sm" variant="default" leftSection={<IconFileImport size={14} />} {...props}>
            Load a file
          </Button>
        )}
      </FileButton>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconDownload size={14} />}
        onClick={() => saveFile(`ports-${suite}.yaml`, text)}
      >
        Download
      </Button>
    </>
  );
}
