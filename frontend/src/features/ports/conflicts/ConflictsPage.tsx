import { Button, SegmentedControl, Select } from "@mantine/core";
import { IconRefresh, IconRoute } from "@tabler/icons-react";
import { useState } from "react";
import { toProblem } from "@/api/problem";
import { useRole } from "@/api/session";
import { tellDone, tellProblem } from "@/ui/feedback";
import { count } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { SuitePicker } from "../SuitePicker";
import { useSuite } from "../suites";
import { AllWell } from "./AllWell";
import { type Conflict, type Kind, useConflictActions, useConflictHistory, useConflicts } from "./api";
import { ConflictDrawer } from "./ConflictDrawer";
import { ConflictTable } from "./ConflictTable";
import { fits, NO_FILTER, STATES } from "./filter";
import { ResolveDialog } from "./ResolveDialog";
import { SEVERITIES, WORDS } from "./words";

export default function ConflictsPage() {
  const [suite] = useSuite();
  const [{ view }, setView] = useFilters({ view: "now" });
  const [filters, setFilters, { active, clear }] = useFilters(NO_FILTER);
  const isHistory = view === "history";
  const now = useConflicts(suite);
  const history = useConflictHistory(suite, isHistory);
  const shown = isHistory ? history : now;
  const rows = shown.data?.filter((one) => fits(one, filters, isHistory)) ?? [];
  return (
    <Page
      title="Conflicts"
      lead="What is wrong with ports: who holds them, what that means, and the way out."
      actions={
        <>
          <SuitePicker />
          <LookNow suite={suite} />
          <Resolve suite={suite} conflicts={now.data?.length ?? 0} />
        </>
      }
    >
      <Toolbar aside={shown.data && shown.data.length > 0 && count(rows.length, "conflict")}>
        <SegmentedControl
          aria-label="Time"
          data={[
            { value: "now", label: "Now" },
            { value: "history", label: "History" },
          ]}
          value={view}
          onChange={(next) => setView({ view: next })}
        />
        {(active || shown.data?.length !== 0) && (
          <>
            <SearchBox label="Search conflicts" value={filters.q} onChange={(q) => setFilters({ q })} />
            <Filters filters={filters} change={setFilters} known={shown.data ?? []} />
          </>
        )}
      </Toolbar>
      <Loaded query={shown}>
        {(all) => (
          <ConflictTable
            rows={rows}
            over={isHistory}
            empty={<Nothing all={all} active={active} clear={clear} isHistory={isHistory} suite={suite} at={now.dataUpdatedAt} />}
          />
        )}
      </Loaded>
      <ConflictDrawer suite={suite} />
    </Page>
  );
}

interface FilterProps {
  filters: typeof NO_FILTER;
  change: (changes: Partial<typeof NO_FILTER>) => void;
  known: readonly Conflict[];
}

/** Severity, type and state; of the types, only those that there are. */
function Filters({ filters, change, known }: FilterProps) {
  const kinds = new Set<string>(known.map((one) => one.type));
  if (filters.type) kinds.add(filters.type);
  const types = [...kinds].map((kind) => ({ value: kind, label: WORDS[kind as Kind]?.title ?? kind }));
  return (
    <>
      <Select
        aria-label="Severity"
        w={140}
        data={[{ value: "", label: "Any severity" }, ...SEVERITIES.map((one) => ({ value: one, label: one }))]}
        value={filters.severity}
        onChange={(severity) => change({ severity: severity ?? "" })}
      />
      <Select
        aria-label="Type"
        w={220}
        data={[{ value: "", label: "Any type" }, ...types]}
        value={filters.type}
        onChange={(type) => change({ type: type ?? "" })}
      />
      <Select
        aria-label="State"
        w={190}
        data={STATES}
        value={filters.state}
        onChange={(state) => change({ state: state ?? "" })}
      />
    </>
  );
}

interface NothingProps {
  all: readonly Conflict[];
  active: boolean;
  clear: () => void;
  isHistory: boolean;
  suite: string;
  at: number;
}

/** Why the list is empty. */
function Nothing({ all, active, clear, isHistory, suite, at }: NothingProps) {
  if (active && all.length > 0) return <NoMatch clear={clear} />;
  if (isHistory) return <Empty title="No conflict was ever found">What is found is remembered here, also when it is over.</Empty>;
  return <AllWell suite={suite} suppressed={all.length} at={at} />;
}

/** Looks at the sockets at once, not at the next round. */
function LookNow({ suite }: { suite: string }) {
  const { look } = useConflictActions(suite);
  const [looking, setLooking] = useState(false);
  if (!useRole("operator")) return null;
  const go = async () => {
    setLooking(true);
    try {
      const found = await look();
      const open = found.filter((one) => one.state !== "suppressed").length;
      tellDone(open === 0 ? "Looked: all is well" : `Looked: ${count(open, "conflict")}`);
    } catch (failure) {
      tellProblem(toProblem(failure), "The look failed");
    } finally {
      setLooking(false);
    }
  };
  return (
    <Button variant="default" leftSection={<IconRefresh size={16} />} loading={looking} onClick={() => void go()}>
      Look now
    </Button>
  );
}

/** The way out, as far as moving services is one. */
function Resolve({ suite, conflicts }: { suite: string; conflicts: number }) {
  const [open, setOpen] = useState(false);
  if (!useRole("operator")) return null;
  return (
    <>
      <Button leftSection={<IconRoute size={16} />} disabled={conflicts === 0} onClick={() => setOpen(true)}>
        Resolve
      </Button>
      {open && <ResolveDialog suite={suite} onClose={() => setOpen(false)} />}
    </>
  );
}
