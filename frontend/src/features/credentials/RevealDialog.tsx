import { ActionIcon, Alert, Button, CopyButton, Group, Modal, PasswordInput, Stack, TextInput } from "@mantine/core";
import { IconCheck, IconCopy, IconLock } from "@tabler/icons-react";
import { type FormEvent, useEffect, useEffectEvent, useState } from "react";
import type { Credential } from "@/api/credentials";
import { type Problem, toProblem } from "@/api/problem";
import { signInAgain } from "@/api/session";
import { faultsOf, ProblemAlert } from "@/ui/feedback";
import { type SecretData, useCredentialActions } from "./api";
import { FIELD_WORDS } from "./secret";
import classes from "./Secret.module.css";

/** Seconds after which the secret hides itself. */
const SHOWN_S = 30;
/** Code of a refusal because the sign-in is too old. */
const STALE = "auth.sign_in_again";

interface Props {
  credential: Credential;
  onClose: () => void;
}

/** Asks why, shows the secret for a moment, and forgets it. */
export function RevealDialog({ credential, onClose }: Props) {
  const [data, setData] = useState<SecretData | null>(null);
  return (
    <Modal opened onClose={onClose} title={`Reveal ${credential.name}`} size="lg" closeOnClickOutside={false}>
      {data ? <Shown data={data} hide={onClose} /> : <Ask credential={credential} onClose={onClose} show={setData} />}
    </Modal>
  );
}

function Ask({ credential, onClose, show }: Props & { show: (data: SecretData) => void }) {
  const { reason, setReason, password, setPassword, sending, problem, stale, ask } = useReveal(credential, show);
  const faults = problem ? faultsOf(problem) : {};
  const send = (event: FormEvent) => {
    event.preventDefault();
    void ask();
  };
  return (
    <form onSubmit={send} noValidate>
      <Stack>
        {stale && (
          <Alert color="yellow" icon={<IconLock />} title="Sign in once more">
            This needs a sign-in of the last ten minutes. Type your password to go on; nothing here is lost.
          </Alert>
        )}
        <ProblemAlert problem={problem} title="It is not shown" shown={["reason", "password"]} />
        <TextInput
          label="Reason"
          description="Recorded with your name, for all admins to see."
          required
          data-autofocus
          maxLength={500}
          autoComplete="off"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={faults["reason"]}
        />
        {stale && (
          <PasswordInput
            label="Your password"
            required
            autoFocus
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={sending} disabled={reason.trim() === "" || (stale && password === "")}>
            {stale ? "Sign in and reveal" : `Reveal for ${SHOWN_S} seconds`}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function useReveal(credential: Credential, show: (data: SecretData) => void) {
  const { reveal } = useCredentialActions();
  const [reason, setReason] = useState("");
  const [password, setPassword] = useState("");
  const [sending, setSending] = useState(false);
  const [stale, setStale] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ask = async () => {
    setSending(true);
    setProblem(null);
    try {
      if (stale) {
        await signInAgain(password);
        setStale(false);
        setPassword("");
      }
      show((await reveal(credential.id, reason.trim())).credential_data);
    } catch (failure) {
      const refused = toProblem(failure);
      if (refused.code === STALE) setStale(true);
      else setProblem(refused);
    } finally {
      setSending(false);
    }
  };
  return { reason, setReason, password, setPassword, sending, stale, problem, ask };
}

/** The secret, until its time is over. */
function Shown({ data, hide }: { data: SecretData; hide: () => void }) {
  const [left, setLeft] = useState(SHOWN_S);
  const tick = useEffectEvent((until: number) => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) hide();
    else setLeft(seconds);
  });
  useEffect(() => {
    const until = Date.now() + SHOWN_S * 1000;
    const timer = setInterval(() => tick(until), 250);
    return () => clearInterval(timer);
  }, []);
  return (
    <Stack>
      <dl className={classes.values} aria-label="Secret">
        {Object.entries(data).map(([field, value]) => (
          <div key={field} className={classes.value}>
            <dt>{FIELD_WORDS[field] ?? field}</dt>
            <dd>
              <span className={classes.plain}>{value}</span>
              <Copy field={FIELD_WORDS[field] ?? field} value={value} />
            </dd>
          </div>
        ))}
      </dl>
      <Group justify="space-between">
        <span className={classes.note} role="timer">
          Hides itself in {left} s
        </span>
        <Button onClick={hide} data-autofocus>
          Hide now
        </Button>
      </Group>
    </Stack>
  );
}

function Copy({ field, value }: { field: string; value: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <ActionIcon variant="subtle" color={copied ? "teal" : "gray"} onClick={copy} aria-label={copied ? `${field} is copied` : `Copy ${field}`}>
          {copied ? <IconCheck size={17} /> : <IconCopy size={17} />}
        </ActionIcon>
      )}
    </CopyButton>
  );
}
