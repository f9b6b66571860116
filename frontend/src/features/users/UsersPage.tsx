import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots, IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { toProblem } from "@/api/problem";
import { useUser } from "@/api/session";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { tellDone, tellProblem } from "@/ui/feedback";
import { Page } from "@/ui/Page";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { holds, SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { count } from "@/ui/format";
import { type User, useUserActions, useUsers } from "./api";
import { PasswordDialog } from "./PasswordDialog";
import { UserDialog } from "./UserDialog";

/** What is being edited: one person, their password, or a new one. */
type Editing = { user: User } | { password: User } | "new" | null;

export default function UsersPage() {
  const users = useUsers();
  const [filters, setFilters, { active, clear }] = useFilters({ q: "", new: "" });
  const [editing, setEditing] = useState<Editing>(null);
  const columns = useColumns(setEditing);
  const shown = users.data?.filter((user) => holds(filters.q, user.username, user.email, user.role)) ?? [];
  const adding = editing === "new" || filters.new === "yes";
  const close = () => {
    setEditing(null);
    setFilters({ new: "" });
  };
  return (
    <Page
      title="Users"
      lead="Who may sign in, and what they may do: viewers read, operators run and change, admins do everything."
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing("new")}>
          Add user
        </Button>
      }
    >
      <Toolbar aside={users.data && count(users.data.length, "user")}>
        <SearchBox label="Search users" value={filters.q} onChange={(q) => setFilters({ q })} />
      </Toolbar>
      <Loaded query={users}>
        {() => (
          <DataTable
            label="Users"
            columns={columns}
            rows={shown}
            rowKey={(user) => String(user.id)}
            sort={{ id: "username" }}
            empty={active ? <NoMatch clear={clear} /> : <Empty title="No users yet" />}
          />
        )}
      </Loaded>
      {adding && <UserDialog onClose={close} />}
      {editing !== null && editing !== "new" && "user" in editing && <UserDialog user={editing.user} onClose={close} />}
      {editing !== null && editing !== "new" && "password" in editing && (
        <PasswordDialog user={editing.password} onClose={close} />
      )}
    </Page>
  );
}

function useColumns(edit: (what: Editing) => void): Column<User>[] {
  return useMemo(
    () => [
      { id: "username", header: "User name", cell: (user) => <b>{user.username}</b>, sort: (user) => user.username },
      { id: "email", header: "Email", cell: (user) => user.email, sort: (user) => user.email, priority: 2 },
      { id: "role", header: "Role", cell: (user) => user.role, sort: (user) => user.role, width: "7rem" },
      {
        id: "state",
        header: "State",
        cell: (user) => (
          <Status
            state={user.is_active ? "active" : "inactive"}
            {...(user.must_change_password && { label: "must change password", tone: "warn" as const })}
          />
        ),
        sort: (user) => (user.is_active ? 0 : 1),
        width: "13rem",
        priority: 2,
      },
      {
        id: "created",
        header: "Added",
        cell: (user) => <Time at={user.created_at} />,
        sort: (user) => user.created_at,
        width: "9rem",
        priority: 3,
      },
      { id: "actions", header: "", cell: (user) => <Actions user={user} edit={edit} />, width: "3.5rem", align: "right" },
    ],
    [edit],
  );
}

function Actions({ user, edit }: { user: User; edit: (what: Editing) => void }) {
  const { remove } = useUserActions();
  const own = useUser().id === user.id;
  const askRemove = async () => {
    const yes = await confirm({
      title: `Delete ${user.username}?`,
      body: "Their sessions end at once. What they did stays on the audit record.",
      action: "Delete user",
    });
    if (!yes) return;
    await remove(user.id)
      .then(() => tellDone(`${user.username} is deleted`))
      .catch((failure: unknown) => tellProblem(toProblem(failure)));
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${user.username}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => edit({ user })}>Edit</Menu.Item>
        {!own && <Menu.Item onClick={() => edit({ password: user })}>Set a new password</Menu.Item>}
        {!own && (
          <Menu.Item color="red" onClick={() => void askRemove()}>
            Delete
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
