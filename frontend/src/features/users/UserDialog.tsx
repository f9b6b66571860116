import { Checkbox, PasswordInput, Select, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { Role } from "@/api/session";
import { tellDone } from "@/ui/feedback";
import { FormDialog } from "@/ui/FormDialog";
import { type User, useUserActions } from "./api";

const ROLES: { value: Role; label: string }[] = [
  { value: "viewer", label: "Viewer: reads" },
  { value: "operator", label: "Operator: runs and changes" },
  { value: "admin", label: "Admin: does everything" },
];

/** A person to be made or changed. */
export function UserDialog({ user, onClose }: { user?: User; onClose: () => void }) {
  const { create, change } = useUserActions();
  const form = useForm({
    initialValues: {
      username: user?.username ?? "",
      email: user?.email ?? "",
      role: user?.role ?? ("viewer" as Role),
      is_active: user?.is_active ?? true,
      password: "",
    },
    validate: {
      username: (value) => (value.trim() === "" ? "A name to sign in with" : null),
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : "An address such as ana@example.org"),
      password: (value) => (user || value.length >= 12 ? null : "At least 12 characters"),
    },
  });
  const submit = async ({ password, is_active, ...values }: typeof form.values) => {
    if (user) await change(user.id, { ...values, is_active });
    else await create({ ...values, password });
    tellDone(user ? `${values.username} is saved` : `${values.username} can sign in`);
  };
  return (
    <FormDialog
      title={user ? `Edit ${user.username}` : "Add a user"}
      form={form}
      submit={submit}
      action={user ? "Save" : "Add user"}
      onClose={onClose}
    >
      <TextInput label="User name" required data-autofocus autoComplete="off" {...form.getInputProps("username")} />
      <TextInput label="Email" required type="email" autoComplete="off" {...form.getInputProps("email")} />
      <Select label="Role" data={ROLES} {...form.getInputProps("role")} />
      {user ? (
        <Checkbox
          label="May sign in"
          description="Taken away, all sessions end at once."
          {...form.getInputProps("is_active", { type: "checkbox" })}
        />
      ) : (
        <PasswordInput
          label="First password"
          description="12 characters or more. The person is asked to choose another one."
          required
          autoComplete="new-password"
          {...form.getInputProps("password")}
        />
      )}
    </FormDialog>
  );
}
