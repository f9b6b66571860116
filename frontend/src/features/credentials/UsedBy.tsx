import type { Credential } from "@/api/credentials";
import { type Target, useTargets } from "@/api/targets";
import { type Column, DataTable } from "@/ui/DataTable";
import { count } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Empty, Loaded } from "@/ui/states";
import classes from "./CredentialPage.module.css";

const COLUMNS: readonly Column<Target>[] = [
  { id: "name", header: "Target", cell: ({ name }) => <span title={name}>{name}</span>, sort: ({ name }) => name.toLowerCase() },
  { id: "host", header: "Host", cell: ({ hostname }) => <span title={hostname}>{hostname}</span>, sort: ({ hostname }) => hostname },
];

/** Targets that are signed in to with a credential. */
export function UsedBy({ credential }: { credential: Credential }) {
  const targets = useTargets();
  const users = targets.data?.filter((target) => target.credential_ref === credential.id);
  return (
    <Panel title="Used by" flush aside={users && <span className={classes.soft}>{count(users.length, "target")}</span>}>
      <Loaded query={targets}>
        {() => (
          <div className={classes.rows} data-scroll>
            <DataTable
              bare
              label="Targets that use it"
              columns={COLUMNS}
              rows={users ?? []}
              rowKey={(target) => String(target.id)}
              rowLink={(target) => `/targets/${target.id}`}
              sort={{ id: "name" }}
              empty={<Empty title="No target uses it">It is chosen where a target is edited.</Empty>}
            />
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
