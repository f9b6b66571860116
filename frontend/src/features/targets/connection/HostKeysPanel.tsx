import { Button } from "@mantine/core";
import { toProblem } from "@/api/problem";
import { usePeople } from "@/api/people";
import { useRole } from "@/api/session";
import type { Target } from "@/api/targets";
import { confirm } from "@/ui/confirm";
import { tellDone, tellProblem } from "@/ui/feedback";
import { Panel } from "@/ui/Panel";
import { Loaded, Loading } from "@/ui/states";
import { Status } from "@/ui/Status";
import type { Tone } from "@/ui/status";
import { Time } from "@/ui/Time";
import { type HostKey, useHostKeys, useTargetActions } from "../api";
import classes from "./Connection.module.css";
import { askReplace } from "./ShownKeyDecision";

const STATES: Record<HostKey["state"], { label: string; tone: Tone }> = {
  pinned: { label: "accepted", tone: "good" },
  offered: { label: "seen, not accepted", tone: "warn" },
  revoked: { label: "revoked", tone: "idle" },
};

/** Host keys that a target has shown, with what was decided about each. */
export function HostKeysPanel({ target }: { target: Target }) {
  const keys = useHostKeys(target.id);
  return (
    <Panel title="Host keys" flush>
      <Loaded query={keys} loading={<Loading rows={2} />}>
        {(rows) =>
          rows.length === 0 ? (
            <p className={`${classes.soft} ${classes.empty}`}>
              None yet. The first connection test shows the key of the machine, and somebody accepts it.
            </p>
          ) : (
            <ul className={classes.keys}>
              {rows.map((key) => (
                <Key key={key.fingerprint} target={target} shown={key} pinned={rows} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

interface KeyProps {
  target: Target;
  shown: HostKey;
  pinned: readonly HostKey[];
}

function Key({ target, shown, pinned }: KeyProps) {
  const writes = useRole("operator");
  const nameOf = usePeople();
  const { accept, forget } = useKeyActions(target, shown, pinned);
  return (
    <li className={classes.key}>
      <span className={classes.keyHead}>
        {shown.algorithm}
        <Status state={shown.state} {...STATES[shown.state]} />
      </span>
      {writes && (
        <Button.Group>
          {shown.state !== "pinned" && (
            <Button size="compact-xs" variant="default" onClick={() => void accept()} aria-label={`Accept ${shown.fingerprint}`}>
              Accept
            </Button>
          )}
          <Button size="compact-xs" variant="default" onClick={() => void forget()} aria-label={`Forget ${shown.fingerprint}`}>
            Forget
          </Button>
        </Button.Group>
      )}
      <span className={classes.fingerprint}>{shown.fingerprint}</span>
      <span className={classes.history}>
        First seen <Time at={shown.first_seen_at} />
        {shown.accepted_at && (
          <>
            , accepted <Time at={shown.accepted_at} /> by {nameOf(shown.accepted_by)}
          </>
        )}
      </span>
    </li>
  );
}

function useKeyActions(target: Target, shown: HostKey, all: readonly HostKey[]) {
  const { acceptKey, removeKey } = useTargetActions();
  const replaces = shown.state === "revoked" || all.some((key) => key.state === "pinned" && key.algorithm === shown.algorithm);
  const tell = (done: Promise<unknown>, words: string) =>
    done.then(() => tellDone(words)).catch((failure: unknown) => tellProblem(toProblem(failure)));
  const accept = async () => {
    const yes = replaces
      ? await askReplace(target, shown)
      : await confirm({
          title: "Accept this key?",
          body: `${shown.algorithm} ${shown.fingerprint}. Compare it first with what the machine itself says.`,
          action: "Accept the key",
          harmless: true,
        });
    if (yes) await tell(acceptKey(target.id, shown, replaces ? "replace" : "add"), `The key of ${target.name} is accepted`);
  };
  const forget = async () => {
    const inUse = shown.state === "pinned";
    const yes = await confirm({
      title: "Forget this key?",
      body: inUse
        ? `${target.name} is not believed any more when it shows this key: runs and tests stop there until a key is accepted again.`
        : "It leaves the list. If the machine shows it again, it is listed again, not accepted.",
      action: "Forget the key",
    });
    if (yes) await tell(removeKey(target.id, shown.fingerprint), "The key is forgotten");
  };
  return { accept, forget };
}
