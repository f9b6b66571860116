import { Button, Select } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, useRef } from "react";
import { useNavigate } from "react-router";
import { type Credential, type CredentialType, TYPE_WORDS, useCredentials } from "@/api/credentials";
import { useRole } from "@/api/session";
import { type Column, DataTable } from "@/ui/DataTable";
import { count } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { Time } from "@/ui/Time";
import { holds, SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { NewCredentialDialog } from "./CredentialDialog";
import { useUsage } from "./usage";

const TYPES = (Object.entries(TYPE_WORDS) as [CredentialType, string][]).map(([value, label]) => ({ value, label }));

export default function CredentialsPage() {
  const credentials = useCredentials();
  const writes = useRole("operator");
  const [filters, setFilters, { active, clear }] = useFilters({ q: "", type: "", new: "" });
  const columns = useColumns();
  const shown =
    credentials.data?.filter(
      ({ name, description, credential_type: type }) =>
        (filters.type === "" || type === filters.type) && holds(filters.q, name, description, TYPE_WORDS[type]),
    ) ?? [];
  const add = () => setFilters({ new: "yes" });
  return (
    <Page
      title="Credentials"
      lead="What steps sign in to targets with. Secrets go in and are not shown again; each use is recorded."
      actions={
        writes && (
          <Button leftSection={<IconPlus size={16} />} onClick={add}>
            Add credential
          </Button>
        )
      }
    >
      <Toolbar aside={credentials.data && count(credentials.data.length, "credential")}>
        <SearchBox label="Search credentials" value={filters.q} onChange={(q) => setFilters({ q })} />
        <Select
          aria-label="Type"
          placeholder="Any type"
          data={TYPES}
          clearable
          w={140}
          value={filters.type || null}
          onChange={(value) => setFilters({ type: value ?? "" })}
        />
      </Toolbar>
      <Loaded query={credentials}>
        {() => (
          <DataTable
            label="Credentials"
            columns={columns}
            rows={shown}
            rowKey={(credential) => String(credential.id)}
            rowLink={(credential) => `/credentials/${credential.id}`}
            sort={{ id: "name" }}
            empty={active ? <NoMatch clear={clear} /> : <NoCredentials />}
          />
        )}
      </Loaded>
      {writes && filters.new === "yes" && (
        <NewCredential close={() => setFilters({ new: "" })} />
      )}
    </Page>
  );
}

function NoCredentials() {
  return (
    <Empty title="No credentials yet">
      A credential is a user with a password or key, or an API key. Targets refer to it, so that its secret is kept and changed in one
      place.
    </Empty>
  );
}

/** The form of a new credential; when it was made, its page follows. */
function NewCredential({ close }: { close: () => void }) {
  const navigate = useNavigate();
  const made = useRef<number>(undefined);
  return (
    <NewCredentialDialog
      onDone={({ id }) => {
        made.current = id;
      }}
      onClose={() => (made.current === undefined ? close() : void navigate(`/credentials/${made.current}`, { replace: true }))}
    />
  );
}

function useColumns(): Column<Credential>[] {
  const usage = useUsage();
  return useMemo(
    () => [
      {
        id: "name",
        header: "Name",
        cell: ({ name }) => <span title={name}>{name}</span>,
        sort: ({ name }) => name.toLowerCase(),
      },
      {
        id: "description",
        header: "Description",
        cell: ({ description }) => <span title={description ?? ""}>{description}</span>,
        sort: ({ description }) => description,
        priority: 3,
      },
      {
        id: "type",
        header: "Type",
        cell: ({ credential_type: type }) => TYPE_WORDS[type],
        sort: ({ credential_type: type }) => TYPE_WORDS[type],
        width: "7rem",
      },
      { id: "version", header: "Version", cell: ({ version }) => version, sort: ({ version }) => version, width: "6rem", priority: 2 },
      {
        id: "used",
        header: "Used by",
        cell: ({ id }) => (usage ? count(usage.get(id)?.length ?? 0, "target") : "–"),
        sort: ({ id }) => usage?.get(id)?.length ?? 0,
        width: "8rem",
        priority: 2,
      },
      {
        id: "changed",
        header: "Changed",
        cell: ({ updated_at: at }) => <Time at={at} />,
        sort: ({ updated_at: at }) => at,
        width: "8rem",
        priority: 2,
      },
    ],
    [usage],
  );
}
