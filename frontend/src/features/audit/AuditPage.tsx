import { ActionIcon, Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDownload, IconRefresh } from "@tabler/icons-react";
import { useCallback, useState } from "react";
import { useLocation } from "react-router";
import { toProblem } from "@/api/problem";
import { type Column, DataTable } from "@/ui/DataTable";
import { tellDone, tellProblem } from "@/ui/feedback";
import { saveFile } from "@/ui/file";
import { count, formatNumber } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, Failure, Loading, NoMatch } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { useFilters } from "@/ui/url";
import { type Entry, exportEntries, type Filters, useEntries } from "./api";
import classes from "./Audit.module.css";
import { AuditFilters, NO_FILTER } from "./AuditFilters";
import { ChainPanel } from "./ChainPanel";
import { EntryDrawer } from "./EntryDrawer";
import { actorOf, objectOf } from "./words";

/** Milliseconds without typing after which the log is asked. */
const PAUSE_MS = 300;

const COLUMNS: Column<Entry>[] = [
  {
    id: "action",
    header: "What",
    cell: (entry) => (
      <>
        <span className={classes.what}>{entry.action}</span>
        <span className={classes.small}>
          {objectOf(entry) || "–"}
          <span className={classes.narrow}>
            , <Time at={entry.at} />
          </span>
        </span>
      </>
    ),
  },
  { id: "actor", header: "Who", cell: actorOf, width: "24%" },
  { id: "outcome", header: "Outcome", cell: (entry) => <Status state={entry.outcome} />, width: "7.5rem" },
  { id: "at", header: "When", cell: (entry) => <Time at={entry.at} />, width: "8.5rem", priority: 2 },
];

export default function AuditPage() {
  const [filters, change, { active, clear }] = useFilters(NO_FILTER);
  const [settled] = useDebouncedValue(filters, PAUSE_MS);
  const entries = useEntries(settled);
  const { search } = useLocation();
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = entries;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const link = (entry: Entry) => {
    const next = new URLSearchParams(search);
    next.set("entry", String(entry.id));
    return `?${next}`;
  };
  return (
    <Page
      title="Audit"
      lead="Who did what, and the proof that nobody changed the record."
      actions={
        <>
          <ActionIcon variant="default" size={36} aria-label="Read anew" onClick={() => void entries.refetch()} loading={entries.isRefetching}>
            <IconRefresh size={16} />
          </ActionIcon>
          <Export filters={settled} total={entries.data?.total ?? 0} />
        </>
      }
    >
      <ChainPanel />
      <AuditFilters filters={filters} change={change} aside={entries.data && count(entries.data.total, "entry", "entries")} />
      {entries.data ? (
        <DataTable
          label="Audit entries"
          columns={COLUMNS}
          rows={entries.data.entries}
          rowKey={(entry) => String(entry.id)}
          rowLink={link}
          total={entries.data.total}
          onEnd={more}
          empty={active ? <NoMatch clear={clear} /> : <Empty title="Nothing recorded yet" />}
        />
      ) : entries.isError ? (
        <Failure problem={entries.error} retry={() => void entries.refetch()} />
      ) : (
        <Loading />
      )}
      <EntryDrawer entries={entries.data?.entries} />
    </Page>
  );
}

/** All that fits the filter, one entry a line. */
function Export({ filters, total }: { filters: Filters; total: number }) {
  const [reading, setReading] = useState(false);
  const save = async () => {
    setReading(true);
    try {
      const all = await exportEntries(filters);
      saveFile(`audit-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.jsonl`, all.text);
      const left = all.total > all.count ? `; the file has the newest of ${formatNumber(all.total)}` : "";
      tellDone(`${count(all.count, "entry", "entries")} exported${left}`);
    } catch (failure) {
      tellProblem(toProblem(failure));
    } finally {
      setReading(false);
    }
  };
  return (
    <Button variant="default" leftSection={<IconDownload size={16} />} disabled={total === 0} loading={reading} onClick={() => void save()}>
      Export
    </Button>
  );
}
