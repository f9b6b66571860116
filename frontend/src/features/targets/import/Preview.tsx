import { UnstyledButton } from "@mantine/core";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import type { Credential } from "@/api/credentials";
import { type Column, DataTable } from "@/ui/DataTable";
import { formatNumber } from "@/ui/format";
import { Empty, NoMatch } from "@/ui/states";
import { Status } from "@/ui/Status";
import type { Tone } from "@/ui/status";
import { addressOf, protocolWord } from "../words";
import classes from "./Import.module.css";
import type { Planned, Verdict } from "./plan";
import type { Result } from "./useImport";

const TONES: Record<Verdict, Tone> = { new: "good", changed: "warn", same: "idle", wrong: "bad" };
const ORDER: readonly Verdict[] = ["new", "changed", "same", "wrong"];

interface Props {
  rows: readonly Planned[];
  credentials: readonly Credential[];
  resultOf: (planned: Planned) => Result | undefined;
}

/** What an import would do or did, one line a row. */
export function Preview({ rows, credentials, resultOf }: Props) {
  const [only, setOnly] = useState<Verdict | null>(null);
  const counts = useMemo(() => countOf(rows), [rows]);
  const columns = useMemo(() => columnsOf(credentials, resultOf), [credentials, resultOf]);
  const shown = only ? rows.filter((row) => row.verdict === only) : rows;
  return (
    <>
      <div className={classes.counts} role="group" aria-label="Show only">
        {ORDER.map((verdict) => (
          <UnstyledButton
            key={verdict}
            className={classes.count}
            aria-pressed={only === verdict}
            onClick={() => setOnly(only === verdict ? null : verdict)}
          >
            <b>{formatNumber(counts[verdict])}</b> <Status state={verdict} tone={TONES[verdict]} />
          </UnstyledButton>
        ))}
      </div>
      <DataTable
        bare
        label="Preview"
        columns={columns}
        rows={shown}
        rowKey={({ row }) => `${row.line} ${row.name}`}
        empty={
          only ? (
            <NoMatch clear={() => setOnly(null)} />
          ) : (
            <Empty title="Nothing to import yet">Paste an inventory above or choose a file. What would happen is shown here first.</Empty>
          )
        }
      />
    </>
  );
}

function countOf(rows: readonly Planned[]): Record<Verdict, number> {
  const counts = { new: 0, changed: 0, same: 0, wrong: 0 };
  for (const row of rows) counts[row.verdict] += 1;
  return counts;
}

function columnsOf(credentials: readonly Credential[], resultOf: Props["resultOf"]): Column<Planned>[] {
  const names = new Map(credentials.map(({ id, name }) => [id, name]));
  return [
    { id: "line", header: "Line", cell: ({ row }) => row.line, sort: ({ row }) => row.line, width: "4.5rem", align: "right", priority: 2 },
    { id: "name", header: "Name", cell: ({ row }) => <b title={row.name}>{row.name || "–"}</b>, sort: ({ row }) => row.name.toLowerCase() },
    {
      id: "address",
      header: "Address",
      cell: ({ target }) => <span title={addressOf(target)}>{addressOf(target)}</span>,
      sort: ({ target }) => addressOf(target),
      priority: 3,
    },
    { id: "protocol", header: "Protocol", cell: ({ target }) => protocolWord(target.protocol), width: "6rem", priority: 3 },
    {
      id: "tags",
      header: "Tags",
      cell: ({ target }) => <span title={target.tags.join(", ")}>{target.tags.join(", ") || "–"}</span>,
      priority: 3,
    },
    {
      id: "credential",
      header: "Credential",
      cell: ({ target }) => (target.credential_ref ? (names.get(target.credential_ref) ?? "–") : "–"),
      width: "8rem",
      priority: 3,
    },
    {
      id: "verdict",
      header: "Result",
      cell: (planned) => <Outcome planned={planned} result={resultOf(planned)} />,
      sort: ({ verdict }) => ORDER.indexOf(verdict),
      width: "40%",
    },
  ];
}

/** What becomes of a row, or became of it, and why. */
function Outcome({ planned, result }: { planned: Planned; result: Result | undefined }) {
  const { verdict, faults, changes } = planned;
  if (result && "refused" in result) return <Told state="refused" tone="bad" words={result.refused} />;
  if (result) {
    return (
      <span className={classes.outcome}>
        <Status state={result.word} tone="good" />
        <Link to={`/targets/${result.id}`}>Open</Link>
      </span>
    );
  }
  return <Told state={verdict} tone={TONES[verdict]} words={(verdict === "wrong" ? faults : changes).join("; ")} />;
}

function Told({ state, tone, words }: { state: string; tone: Tone; words: string }) {
  return (
    <span className={classes.outcome} title={words}>
      <Status state={state} tone={tone} />
      <span className={classes.words}>{words}</span>
    </span>
  );
}
