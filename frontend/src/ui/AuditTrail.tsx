import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { http } from "@/api/http";
import type { components } from "@/api/schema/users";
import { type Column, DataTable } from "./DataTable";
import { Panel } from "./Panel";
import { Empty, Loaded } from "./states";
import { Status } from "./Status";
import { Time } from "./Time";

type Entry = components["schemas"]["Record"];

/** So many entries are shown; the audit page has all. */
const SHOWN = 10;

const COLUMNS: readonly Column<Entry>[] = [
  { id: "action", header: "What", cell: (entry) => entry.action.replace(/^[^.]+\./, "").replaceAll("_", " ") },
  { id: "who", header: "Who", cell: (entry) => entry.actor_name ?? entry.actor_id ?? entry.actor_kind, width: "9rem" },
  { id: "outcome", header: "Outcome", cell: (entry) => <Status state={entry.outcome} />, width: "7rem", priority: 2 },
  { id: "at", header: "When", cell: (entry) => <Time at={entry.at} />, width: "8rem" },
];

/** The last acts on a thing; for admins, whom alone the service tells. */
export function AuditTrail({ kind, id }: { kind: string; id: number | string }) {
  const query = { object_kind: kind, object_id: String(id) };
  const entries = useQuery({
    queryKey: ["audit", "trail", kind, String(id)],
    queryFn: async () => {
      const params = { ...query, limit: SHOWN };
      return (await http.get<components["schemas"]["EntryList"]>("/v1/audit", { params })).data;
    },
  });
  return (
    <Panel
      title="Audit"
      flush
      aside={<Link to={`/audit?${new URLSearchParams(query).toString()}`}>All entries</Link>}
    >
      <Loaded query={entries}>
        {(data) => (
          <DataTable
            bare
            label="Last audit entries"
            columns={COLUMNS}
            rows={data.entries}
            rowKey={(entry) => String(entry.id)}
            empty={<Empty title="Nothing recorded yet" />}
          />
        )}
      </Loaded>
    </Panel>
  );
}
