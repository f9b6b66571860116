import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { nameOfClient } from "@/ui/client";
import { formatExact } from "@/ui/format";
import { Fact, Facts } from "@/ui/Panel";
import { Empty, Loading } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { useFilters } from "@/ui/url";
import type { Entry } from "./api";
import classes from "./Audit.module.css";
import { actorOf, objectOf } from "./words";

/** The entry that the address names. */
export function EntryDrawer({ entries }: { entries: readonly Entry[] | undefined }) {
  const [{ entry: id }, change] = useFilters({ entry: "" });
  const found = entries?.find((entry) => String(entry.id) === id);
  return (
    <Drawer
      opened={id !== ""}
      onClose={() => change({ entry: "" })}
      position="right"
      size="lg"
      title={<b>{found ? found.action : `Entry ${id}`}</b>}
    >
      {found ? <Details entry={found} /> : entries ? <NotLoaded /> : <Loading />}
    </Drawer>
  );
}

function NotLoaded() {
  return <Empty title="Not among the loaded entries">Scroll to it, or narrow the filter until it shows.</Empty>;
}

function Details({ entry }: { entry: Entry }) {
  return (
    <div className={classes.drawer}>
      <div>
        <Status state={entry.outcome} /> <Time at={entry.at} />
        <div className={classes.soft}>{formatExact(new Date(entry.at))}</div>
      </div>
      <Facts>
        <Fact label="Who">
          <Link to={`/audit?${new URLSearchParams({ actor: entry.actor_name ?? entry.actor_id ?? "" })}`}>{actorOf(entry)}</Link>
        </Fact>
        <Optional label="On behalf of">{entry.on_behalf_of}</Optional>
        <Fact label="Object">
          {entry.object_kind ? (
            <Link to={`/audit?${new URLSearchParams({ object_kind: entry.object_kind, object_id: entry.object_id ?? "" })}`}>
              {objectOf(entry)}
            </Link>
          ) : (
            "–"
          )}
        </Fact>
        <Optional label="Address">{entry.ip}</Optional>
        <Optional label="Client">{entry.user_agent && <span title={entry.user_agent}>{nameOfClient(entry.user_agent)}</span>}</Optional>
      </Facts>
      <section>
        <h3 className={classes.heading}>Change</h3>
        <pre className={classes.change} tabIndex={0} aria-label="Change">
          {JSON.stringify(entry.change, null, 2)}
        </pre>
      </section>
      <Facts>
        <Optional label="Request">{entry.request_id && <Mono>{entry.request_id}</Mono>}</Optional>
        <Optional label="Session">{entry.session_id && <Mono>{entry.session_id}</Mono>}</Optional>
        <Fact label="Place in the chain">{entry.seq ?? "on its way"}</Fact>
        <Optional label="Hash up to here">{entry.hash && <Mono>{entry.hash}</Mono>}</Optional>
      </Facts>
    </div>
  );
}

/** A fact that not every entry has. */
function Optional({ label, children }: { label: string; children: ReactNode }) {
  if (children === null || children === undefined || children === "") return null;
  return <Fact label={label}>{children}</Fact>;
}

const Mono = ({ children }: { children: string }) => <span className={classes.mono}>{children}</span>;
