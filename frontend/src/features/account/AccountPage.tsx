import { Button, PasswordInput, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { toProblem } from "@/api/problem";
import { leave, passwordChanged, useUser } from "@/api/session";
import { nameOfClient } from "@/ui/client";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { ProblemAlert, tellDone, tellProblem } from "@/ui/feedback";
import { Page } from "@/ui/Page";
import { Fact, Facts, Panel } from "@/ui/Panel";
import { useSending } from "@/ui/sending";
import { Empty, Loaded } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { type SessionView, useAccountActions, useOwnSessions } from "./api";

export default function AccountPage() {
  const user = useUser();
  return (
    <Page title="Account" lead="Your password and where you are signed in.">
      <Panel title="You">
        <Facts>
          <Fact label="User name">{user.username}</Fact>
          <Fact label="Email">{user.email}</Fact>
          <Fact label="Role">{user.role}</Fact>
        </Facts>
      </Panel>
      <Panel title="Password">
        <PasswordForm />
      </Panel>
      <Sessions />
    </Page>
  );
}

function PasswordForm() {
  const { changePassword } = useAccountActions();
  const form = useForm({
    initialValues: { current_password: "", new_password: "", again: "" },
    validate: {
      current_password: (value) => (value === "" ? "The password that you signed in with" : null),
      new_password: (value) => (value.length < 12 ? "At least 12 characters" : null),
      again: (value, { new_password }) => (value === new_password ? null : "This is not the same as above"),
    },
  });
  const { send, sending, problem } = useSending(form, async ({ current_password, new_password }) => {
    await changePassword(current_password, new_password);
    passwordChanged();
    form.reset();
    tellDone("Your password is changed; all your other sessions have ended");
  });
  return (
    <form onSubmit={send} noValidate>
      <Stack maw={420}>
        <ProblemAlert problem={problem} shown={Object.keys(form.values)} />
        <PasswordInput label="Present password" autoComplete="current-password" {...form.getInputProps("current_password")} />
        <PasswordInput
          label="New password"
          description="12 characters or more"
          autoComplete="new-password"
          {...form.getInputProps("new_password")}
        />
        <PasswordInput label="New password again" autoComplete="new-password" {...form.getInputProps("again")} />
        <Button type="submit" loading={sending} style={{ alignSelf: "flex-start" }}>
          Change password
        </Button>
      </Stack>
    </form>
  );
}

const COLUMNS: Column<SessionView>[] = [
  { id: "client", header: "Client", cell: (session) => <b title={session.user_agent ?? ""}>{nameOfClient(session.user_agent)}</b> },
  { id: "ip", header: "Address", cell: (session) => session.ip ?? "–", width: "11rem", priority: 2 },
  { id: "used", header: "Last used", cell: (session) => <Time at={session.last_used_at} />, width: "9rem" },
  { id: "created", header: "Signed in", cell: (session) => <Time at={session.created_at} />, width: "9rem", priority: 3 },
  { id: "end", header: "", cell: (session) => <End session={session} />, width: "8rem", align: "right" },
];

function End({ session }: { session: SessionView }) {
  const { endSession } = useAccountActions();
  if (session.current) return <Status state="active" label="this one" />;
  return (
    <Button
      size="compact-xs"
      variant="default"
      onClick={() => void endSession(session.id).catch((failure: unknown) => tellProblem(toProblem(failure)))}
    >
      End
    </Button>
  );
}

function Sessions() {
  const sessions = useOwnSessions();
  const { endAll } = useAccountActions();
  const askEndAll = async () => {
    const yes = await confirm({
      title: "Sign out everywhere?",
      body: "All your sessions end, this one as well.",
      action: "Sign out everywhere",
    });
    if (!yes) return;
    await endAll()
      .then(leave)
      .catch((failure: unknown) => tellProblem(toProblem(failure)));
  };
  return (
    <Panel
      title="Sessions"
      flush
      aside={
        <Button size="compact-sm" variant="default" onClick={() => void askEndAll()}>
          Sign out everywhere
        </Button>
      }
    >
      <Loaded query={sessions}>
        {(rows) => (
          <DataTable label="Your sessions" columns={COLUMNS} rows={rows} rowKey={(row) => row.id} empty={<Empty title="No sessions" />} bare />
        )}
      </Loaded>
    </Panel>
  );
}
