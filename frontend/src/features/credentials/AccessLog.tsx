import { useMemo } from "react";
import { usePeople } from "@/api/people";
import { type Column, DataTable } from "@/ui/DataTable";
import { Panel } from "@/ui/Panel";
import { Empty, Loaded } from "@/ui/states";
import { Time } from "@/ui/Time";
import { type Access, useAccesses } from "./api";
import classes from "./CredentialPage.module.css";

/** Who got the secret of a credential, when and what for. */
export function AccessLog({ id }: { id: number }) {
  const accesses = useAccesses(id);
  const nameOf = usePeople();
  const columns = useMemo<Column<Access>[]>(
    () => [
      {
        id: "purpose",
        header: "What for",
        cell: ({ purpose, step_id: step }) => {
          const words = step ? `Step ${step} of a run` : purpose.replaceAll("_", " ");
          return <span title={words}>{words}</span>;
        },
      },
      { id: "who", header: "Who", cell: ({ actor }) => <span title={actor}>{whoIs(actor, nameOf)}</span>, width: "12rem" },
      { id: "version", header: "Version", cell: ({ version }) => version, width: "6rem", priority: 2 },
      { id: "at", header: "When", cell: ({ at }) => <Time at={at} />, width: "8rem" },
    ],
    [nameOf],
  );
  return (
    <Panel title="Access log" flush aside={<span className={classes.soft}>Each time somebody got the secret</span>}>
      <Loaded query={accesses}>
        {({ pages }) => (
          <div className={classes.log} data-scroll>
            <DataTable
              bare
              label="Access log"
              columns={columns}
              rows={pages.flatMap((page) => page.accesses)}
              rowKey={(access) => String(access.id)}
              {...(pages[0] && { total: pages[0].total })}
              onEnd={() => void (accesses.hasNextPage && !accesses.isFetching && accesses.fetchNextPage())}
              empty={<Empty title="Nobody got it yet" />}
            />
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

/** People by name, services as they call themselves. */
function whoIs(actor: string, nameOf: (id: string) => string): string {
  const person = /^user:(.+)$/.exec(actor)?.[1];
  return person === undefined ? actor : nameOf(person);
}
