import { useMemo } from "react";
import type { Credential } from "@/api/credentials";
import { usePeople } from "@/api/people";
import type { components } from "@/api/schema/credentials";
import { type Column, DataTable } from "@/ui/DataTable";
import { Panel } from "@/ui/Panel";
import { Loaded } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { useVersions } from "./api";
import classes from "./CredentialPage.module.css";

type Version = components["schemas"]["Version"];

/** When a credential got a new secret, and from whom. */
export function Versions({ credential }: { credential: Credential }) {
  const versions = useVersions(credential.id);
  const nameOf = usePeople();
  const present = credential.version;
  const columns = useMemo<Column<Version>[]>(
    () => [
      {
        id: "version",
        header: "Version",
        cell: ({ version }) => (
          <>
            {version} {version === present && <Status state="active" label="in use" />}
          </>
        ),
      },
      { id: "by", header: "Set by", cell: (version) => nameOf(version.created_by), width: "8rem" },
      { id: "at", header: "When", cell: (version) => <Time at={version.created_at} />, width: "8rem" },
    ],
    [nameOf, present],
  );
  return (
    <Panel title="Versions" flush>
      <Loaded query={versions}>
        {({ pages }) => (
          <div className={classes.rows} data-scroll>
            <DataTable
              bare
              label="Versions"
              columns={columns}
              rows={pages.flatMap((page) => page.versions)}
              rowKey={({ version }) => String(version)}
              {...(pages[0] && { total: pages[0].total })}
              onEnd={() => void (versions.hasNextPage && !versions.isFetching && versions.fetchNextPage())}
              empty={null}
            />
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
