import { Button, Select } from "@mantine/core";
import { toProblem } from "@/api/problem";
import { nameOfClient } from "@/ui/client";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { tellDone, tellProblem } from "@/ui/feedback";
import { count } from "@/ui/format";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { holds, SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { type Person, type SessionView, TOGETHER, usePeople, useSessionActions, useSessions } from "./api";
import classes from "./Sessions.module.css";

/** When it ends if nobody uses it. */
const endOf = (one: SessionView): string =>
  one.idle_expires_at < one.absolute_expires_at ? one.idle_expires_at : one.absolute_expires_at;

const COLUMNS: Column<SessionView>[] = [
  {
    id: "person",
    header: "Person",
    cell: (one) => (
      <>
        <b className={classes.line}>{one.username}</b>
        <span className={classes.small} title={one.user_agent ?? ""}>
          <span className={classes.narrow}>
            <Time at={one.last_used_at} />,{" "}
          </span>
          {nameOfClient(one.user_agent)}
          {one.ip && ` at ${one.ip}`}
        </span>
      </>
    ),
    sort: (one) => one.username,
  },
  {
    id: "used",
    header: "Last used",
    cell: (one) => <Time at={one.last_used_at} />,
    sort: (one) => one.last_used_at,
    width: "8rem",
    priority: 2,
  },
  {
    id: "created",
    header: "Signed in",
    cell: (one) => <Time at={one.created_at} />,
    sort: (one) => one.created_at,
    width: "8rem",
    priority: 2,
  },
  { id: "ends", header: "Ends", cell: (one) => <Time at={endOf(one)} />, sort: endOf, width: "8rem", priority: 3 },
  { id: "end", header: "", cell: (one) => <End session={one} />, width: "8rem", align: "right" },
];

/** Sessions of one person, or of everybody. */
export function SessionsPanel() {
  const people = usePeople();
  const [filters, change, { active, clear }] = useFilters({ user_id: "", q: "" });
  const chosen = people.data?.find((one) => String(one.id) === filters.user_id);
  const isTooMany = filters.user_id === "" && (people.data?.length ?? 0) > TOGETHER;
  const ids = chosen ? [chosen.id] : (people.data ?? []).map((one) => one.id);
  const sessions = useSessions(ids, people.data !== undefined && !isTooMany);
  const rows = sessions.data?.filter((one) => holds(filters.q, one.username, one.ip, nameOfClient(one.user_agent))) ?? [];
  return (
    <>
      <Toolbar aside={sessions.data && count(rows.length, "session")}>
        <Select
          aria-label="Person"
          w={220}
          searchable
          data={[
            { value: "", label: isTooMany ? "Choose a person" : "Everybody" },
            ...(people.data ?? []).map((one) => ({ value: String(one.id), label: one.username })),
          ]}
          value={filters.user_id}
          onChange={(user_id) => change({ user_id: user_id ?? "" })}
        />
        <SearchBox label="Search sessions" value={filters.q} onChange={(q) => change({ q })} />
        {chosen && sessions.data && <EndAll person={chosen} sessions={sessions.data} />}
      </Toolbar>
      {isTooMany ? (
        <Empty title="Whose sessions?">There are too many people to show everybody. Choose one above.</Empty>
      ) : (
        <Loaded query={people}>
          {() => (
            <Loaded query={sessions}>
              {() => (
                <DataTable
                  label="Sessions"
                  columns={COLUMNS}
                  rows={rows}
                  rowKey={(one) => one.id}
                  sort={{ id: "used", desc: true }}
                  empty={active ? <NoMatch clear={clear} /> : <Empty title="Nobody is signed in" />}
                />
              )}
            </Loaded>
          )}
        </Loaded>
      )}
    </>
  );
}

function End({ session }: { session: SessionView }) {
  const { end } = useSessionActions();
  if (session.current) return <Status state="active" label="this one" />;
  const ask = async () => {
    const yes = await confirm({
      title: `End this session of ${session.username}?`,
      body: `${nameOfClient(session.user_agent)} has to sign in again at once; what is being typed there is kept.`,
      action: "End session",
    });
    if (!yes) return;
    await end([session.id])
      .then(() => tellDone(`A session of ${session.username} has ended`))
      .catch((failure: unknown) => tellProblem(toProblem(failure)));
  };
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={`End session of ${session.username}, ${nameOfClient(session.user_agent)}`}
      onClick={() => void ask()}
    >
      End
    </Button>
  );
}

/** Ends all of a person; one's own present one stays. */
function EndAll({ person, sessions }: { person: Person; sessions: readonly SessionView[] }) {
  const { end } = useSessionActions();
  const others = sessions.filter((one) => !one.current);
  const ask = async () => {
    const yes = await confirm({
      title: `End ${count(others.length, "session")} of ${person.username}?`,
      body: `${person.username} has to sign in again everywhere${others.length < sessions.length ? " but here" : ""}.`,
      action: "End all",
    });
    if (!yes) return;
    await end(others.map((one) => one.id))
      .then(() => tellDone(`${count(others.length, "session")} of ${person.username} ended`))
      .catch((failure: unknown) => tellProblem(toProblem(failure), "Not all sessions ended"));
  };
  return (
    <Button variant="default" disabled={others.length === 0} onClick={() => void ask()}>
      End all
    </Button>
  );
}
