import { PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { tellDone } from "@/ui/feedback";
import { FormDialog } from "@/ui/FormDialog";
import { type User, useUserActions } from "./api";

/** A new password for somebody else, who is asked to choose their own. */
export function PasswordDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { setPassword } = useUserActions();
  const form = useForm({
    initialValues: { new_password: "" },
    validate: { new_password: (value) => (value.length >= 12 ? null : "At least 12 characters") },
  });
  return (
    <FormDialog
      title={`New password for ${user.username}`}
      form={form}
      submit={async ({ new_password }) => {
        await setPassword(user.id, new_password);
        tellDone(`${user.username} has a new password`);
      }}
      action="Set password"
      onClose={onClose}
      size="md"
    >
      <PasswordInput
        label="New password"
        description="All sessions of this person end."
        required
        data-autofocus
        autoComplete="new-password"
        {...form.getInputProps("new_password")}
      />
    </FormDialog>
  );
}
