import { Button } from "@mantine/core";
import { toProblem } from "@/api/problem";
import { type Column, DataTable } from "@/ui/DataTable";
import { tellDone, tellProblem } from "@/ui/feedback";
import { Panel } from "@/ui/Panel";
import { Empty, Loaded } from "@/ui/states";
import { Time } from "@/ui/Time";
import { type Lockout, useLockouts, useSessionActions } from "./api";

const COLUMNS: Column<Lockout>[] = [
  { id: "username", header: "User name", cell: (one) => <b title={one.username}>{one.username}</b>, sort: (one) => one.username },
  { id: "failures", header: "Failed tries", cell: (one) => one.failures, sort: (one) => one.failures, width: "7rem", align: "right" },
  { id: "until", header: "Next try", cell: (one) => <Time at={one.blocked_until} />, sort: (one) => one.blocked_until, width: "8rem", priority: 2 },
  { id: "lift", header: "", cell: (one) => <Lift lockout={one} />, width: "6rem", align: "right" },
];

/** Names that have to wait after failed tries. */
export function LockoutsPanel() {
  const lockouts = useLockouts();
  return (
    <Panel title="Lock-outs" flush>
      <Loaded query={lockouts}>
        {(rows) => (
          <DataTable
            label="Lock-outs"
            columns={COLUMNS}
            rows={rows}
            rowKey={(one) => one.username}
            sort={{ id: "username" }}
            empty={<Empty title="Nobody has to wait">Who types a wrong password again and again has to wait longer and longer; it shows here.</Empty>}
            bare
          />
        )}
      </Loaded>
    </Panel>
  );
}

function Lift({ lockout }: { lockout: Lockout }) {
  const { lift } = useSessionActions();
  const go = () =>
    lift(lockout.username)
      .then(() => tellDone(`${lockout.username} may try again`))
      .catch((failure: unknown) => tellProblem(toProblem(failure)));
  return (
    <Button size="compact-xs" variant="default" aria-label={`Lift the lock-out of ${lockout.username}`} onClick={() => void go()}>
      Lift
    </Button>
  );
}
