import { ActionIcon, Button, CopyButton, Group, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { type Problem, toProblem } from "@/api/problem";
import { useRole } from "@/api/session";
import type { Target } from "@/api/targets";
import { confirm } from "@/ui/confirm";
import { ProblemAlert, tellDone } from "@/ui/feedback";
import { type ShownKey, useHostKeys, useTargetActions } from "../api";
import classes from "./Connection.module.css";

interface Props {
  target: Target;
  /** What the machine shows. */
  shown: ShownKey;
  /** Whether another key was accepted before. */
  changed: boolean;
  /** Called when the key was accepted. */
  accepted: () => Promise<void>;
}

/** A key that nobody has accepted: what it is, what to compare it with, and the decision. */
export function ShownKeyDecision({ target, shown, changed, accepted }: Props) {
  const writes = useRole("operator");
  const { decide, conflict, sending, problem } = useDecision({ target, shown, accepted });
  const { data: keys } = useHostKeys(target.id);
  const grave = changed || conflict;
  const pinned = keys?.filter((key) => key.state === "pinned") ?? [];
  return (
    <section className={classes.decision} data-grave={grave || undefined} aria-label="Host key to be decided">
      <h3>
        <IconAlertTriangle size={18} aria-hidden />
        {grave ? "The machine shows another key than the accepted one" : "Nobody has accepted the key of this machine yet"}
      </h3>
      <p>
        {grave
          ? "Either the machine was reinstalled or got new keys, or somebody is between it and you. Nothing is sent to it until this is decided."
          : "Until the key is accepted, nothing is sent to the machine: it could be another one at this address."}
      </p>
      <dl className={classes.prints}>
        {grave && pinned.map((key) => <Print key={key.fingerprint} label={`Accepted before (${key.algorithm})`} print={key.fingerprint} />)}
        <Print label={`Shown by the machine (${shown.algorithm})`} print={shown.fingerprint} />
      </dl>
      <Compare algorithm={shown.algorithm} />
      <ProblemAlert problem={problem} />
      {writes && (
        <Group gap="sm">
          {grave ? (
            <Button color="red" loading={sending} onClick={() => void decide("replace")}>
              Replace the accepted key
            </Button>
          ) : (
            <Button loading={sending} onClick={() => void decide("add")}>
              It is the same: accept the key
            </Button>
          )}
        </Group>
      )}
    </section>
  );
}

function Print({ label, print }: { label: string; print: string }) {
  return (
    <div className={classes.print}>
      <dt>{label}</dt>
      <dd>{print}</dd>
    </div>
  );
}

/** How the machine itself tells its fingerprint. */
function Compare({ algorithm }: { algorithm: string }) {
  const command = `ssh-keygen -lf /etc/ssh/ssh_host_${fileOf(algorithm)}_key.pub`;
  return (
    <div>
      <p>Compare it with what the machine itself says, at its console or with somebody who sits at it:</p>
      <div className={classes.command}>
        <code>{command}</code>
        <CopyButton value={command}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? "Copied" : "Copy"}>
              <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label="Copy the command">
                {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </div>
    </div>
  );
}

/** The part of a key's file name that says its kind. */
function fileOf(algorithm: string): string {
  if (algorithm.includes("ed25519")) return "ed25519";
  return algorithm.startsWith("ecdsa") ? "ecdsa" : "rsa";
}

function useDecision({ target, shown, accepted }: Omit<Props, "changed">) {
  const { acceptKey } = useTargetActions();
  const [conflict, setConflict] = useState(false);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const decide = async (how: "add" | "replace") => {
    if (how === "replace" && !(await askReplace(target, shown))) return;
    setSending(true);
    setProblem(null);
    try {
      await acceptKey(target.id, shown, how);
      tellDone(`The key of ${target.name} is accepted`);
      await accepted();
    } catch (failure) {
      const refused = toProblem(failure);
      if (refused.code === "targets.host_key_conflict") setConflict(true);
      else setProblem(refused);
    } finally {
      setSending(false);
    }
  };
  return { decide, conflict, sending, problem };
}

/** Asks whether a key may take the place of the accepted one. */
export function askReplace(target: Target, { algorithm, fingerprint }: ShownKey): Promise<boolean> {
  return confirm({
    title: `Replace the key of ${target.name}?`,
    body: `From here on, the machine with the ${algorithm} key ${fingerprint} is believed to be ${target.name}. The key of this kind that was accepted before is revoked. Do this only after the fingerprint was compared on the machine itself.`,
    action: "Replace the key",
  });
}
