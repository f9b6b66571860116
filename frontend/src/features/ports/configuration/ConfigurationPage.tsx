import { SegmentedControl } from "@mantine/core";
import { useCallback, useState } from "react";
import { Page } from "@/ui/Page";
import { useLeaveGuard } from "@/ui/leaving";
import { useFilters } from "@/ui/url";
import { SuitePicker } from "../SuitePicker";
import { useSuite } from "../suites";
import { Backups } from "./Backups";
import { CodePanel } from "./CodePanel";
import { ResetPanel } from "./ResetPanel";

/** What was typed, and whether that is kept elsewhere: as it was loaded, or applied. */
interface Draft {
  suite: string;
  text: string;
  isKept: boolean;
}

export default function ConfigurationPage() {
  const [suite] = useSuite();
  const [{ tab }, change] = useFilters({ tab: "backups" });
  const [kept, setKept] = useState<Draft | null>(null);
  // A document belongs to its suite.
  const draft = kept?.suite === suite ? kept : null;
  useLeaveGuard(draft !== null && !draft.isKept, ["suite"]);
  const setDraft = useCallback(
    (text: string | null, isKept = false) => setKept(text === null ? null : { suite, text, isKept }),
    [suite],
  );
  return (
    <Page
      title="Configuration"
      lead="Keep the ports of a suite and bring them back, or write down how they should be."
      actions={<SuitePicker />}
    >
      <div>
        <SegmentedControl
          aria-label="Part"
          data={[
            { value: "backups", label: "Backups" },
            { value: "code", label: "Ports as code" },
          ]}
          value={tab}
          onChange={(next) => change({ tab: next })}
        />
      </div>
      {tab === "code" ? (
        <CodePanel key={suite} suite={suite} draft={draft?.text ?? null} unsaved={draft !== null && !draft.isKept} setDraft={setDraft} />
      ) : (
        <>
          <Backups
            key={suite}
            suite={suite}
            openAsDocument={(text) => {
              setDraft(text, true);
              change({ tab: "code" });
            }}
            unsaved={draft !== null && !draft.isKept}
          />
          <ResetPanel suite={suite} />
        </>
      )}
    </Page>
  );
}
