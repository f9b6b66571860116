import { Button, MultiSelect, Select } from "@mantine/core";
import { IconBinaryTree, IconFileImport, IconPlus } from "@tabler/icons-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { useCredentials } from "@/api/credentials";
import { useRole } from "@/api/session";
import { type Target, useTargets } from "@/api/targets";
import { DataTable } from "@/ui/DataTable";
import { count, formatNumber } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { holds, SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { BulkBar } from "./BulkBar";
import { useColumns } from "./columns";
import { TargetDialog } from "./TargetDialog";
import { outcomeOf, PROTOCOLS } from "./words";

const NO_FILTERS = { q: "", tag: "", protocol: "", state: "", new: "" };
type Filters = typeof NO_FILTERS;

const STATES = [
  { value: "ok", label: "Reachable" },
  { value: "failed", label: "Failed the last test" },
  { value: "untested", label: "Never tested" },
];

export default function TargetsPage() {
  const targets = useTargets();
  const writes = useRole("operator");
  const [filters, setFilters, { active, clear }] = useFilters(NO_FILTERS);
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => targets.data?.filter((target) => fits(target, filters)) ?? [], [targets.data, filters]);
  const chosen = useMemo(() => shown.filter((target) => keys.has(String(target.id))), [shown, keys]);
  const { tag: present } = filters;
  const addTag = useCallback(
    (tag: string) => setFilters({ tag: [...new Set([...present.split(","), tag])].filter(Boolean).join(",") }),
    [setFilters, present],
  );
  const columns = useColumns(addTag, useCredentialNames());
  return (
    <Page
      title="Targets"
      lead="Machines and addresses that jobs run against."
      actions={<Actions writes={writes} add={() => setFilters({ new: "yes" })} />}
    >
      <Toolbar aside={targets.data && amountOf(targets.data, shown)}>
        <SearchBox label="Search targets" value={filters.q} onChange={(q) => setFilters({ q })} />
        <FilterFields all={targets.data ?? []} filters={filters} setFilters={setFilters} />
      </Toolbar>
      <Loaded query={targets}>
        {() => (
          <DataTable
            label="Targets"
            columns={columns}
            rows={shown}
            rowKey={(target) => String(target.id)}
            rowName={(target) => target.name}
            rowLink={(target) => `/targets/${target.id}`}
            sort={{ id: "name" }}
            {...(writes && { selection: { keys, onChange: setKeys } })}
            empty={active ? <NoMatch clear={clear} /> : <NoTargets writes={writes} />}
          />
        )}
      </Loaded>
      {chosen.length > 0 && <BulkBar chosen={chosen} clear={() => setKeys(new Set())} />}
      {writes && filters.new === "yes" && (
        <NewTarget close={() => setFilters({ new: "" })} />
      )}
    </Page>
  );
}

/** The form of a new target; when it was made, its page follows. */
function NewTarget({ close }: { close: () => void }) {
  const navigate = useNavigate();
  const made = useRef<number>(undefined);
  return (
    <TargetDialog
      onDone={({ id }) => {
        made.current = id;
      }}
      onClose={() => (made.current === undefined ? close() : void navigate(`/targets/${made.current}`, { replace: true }))}
    />
  );
}

function fits(target: Target, { q, tag, protocol, state }: Filters): boolean {
  const { last_test: test } = target;
  const found = test ? (test.ok ? "ok" : "failed") : "untested";
  return (
    (protocol === "" || target.protocol === protocol) &&
    (state === "" || found === state) &&
    (tag === "" || tag.split(",").every((one) => target.tags.includes(one))) &&
    holds(q, target.name, target.hostname, ...target.tags, outcomeOf(test).label)
  );
}

/** Names of credentials by id, as far as they are known. */
function useCredentialNames(): ReadonlyMap<number, string> {
  const { data } = useCredentials();
  return useMemo(() => new Map(data?.map(({ id, name }) => [id, name])), [data]);
}

function Actions({ writes, add }: { writes: boolean; add: () => void }) {
  return (
    <>
      <Button component={Link} to="/targets/graph" variant="default" leftSection={<IconBinaryTree size={16} />}>
        Graph
      </Button>
      {writes && (
        <>
          <Button component={Link} to="/targets/import" variant="default" leftSection={<IconFileImport size={16} />}>
            Import
          </Button>
          <Button leftSection={<IconPlus size={16} />} onClick={add}>
            Add target
          </Button>
        </>
      )}
    </>
  );
}

/** How many are shown, of how many there are. */
const amountOf = (all: readonly Target[], shown: readonly Target[]): string =>
  shown.length === all.length ? count(all.length, "target") : `${formatNumber(shown.length)} of ${count(all.length, "target")}`;

interface FilterProps {
  all: readonly Target[];
  filters: Filters;
  setFilters: (changes: Partial<Filters>) => void;
}

function FilterFields({ all, filters, setFilters }: FilterProps) {
  const tags = useMemo(() => [...new Set(all.flatMap((target) => target.tags))].sort(), [all]);
  const chosen = filters.tag === "" ? [] : filters.tag.split(",");
  return (
    <>
      <MultiSelect
        aria-label="Tags"
        placeholder={chosen.length === 0 ? "Any tag" : ""}
        data={[...new Set([...tags, ...chosen])]}
        limit={50}
        searchable
        clearable
        w={chosen.length === 0 ? 140 : undefined}
        miw={140}
        maw={360}
        nothingFoundMessage="No such tag"
        value={chosen}
        onChange={(value) => setFilters({ tag: value.join(",") })}
      />
      <Select
        aria-label="Protocol"
        placeholder="Any protocol"
        data={PROTOCOLS}
        clearable
        w={140}
        value={filters.protocol || null}
        onChange={(value) => setFilters({ protocol: value ?? "" })}
      />
      <Select
        aria-label="Last test"
        placeholder="Any last test"
        data={STATES}
        clearable
        w={160}
        value={filters.state || null}
        onChange={(value) => setFilters({ state: value ?? "" })}
      />
    </>
  );
}

function NoTargets({ writes }: { writes: boolean }) {
  return (
    <Empty
      title="No targets yet"
      action={
        writes && (
          <Button component={Link} to="/targets/import" variant="default" size="xs">
            Import an inventory
          </Button>
        )
      }
    >
      A target is a machine that jobs run on: its address, how to reach it, and the credential to sign in with. Add one, or
      import a CSV file or an Ansible inventory.
    </Empty>
  );
}
