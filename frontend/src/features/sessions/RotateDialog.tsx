import { PasswordInput, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { Problem, toProblem } from "@/api/problem";
import { signInAgain } from "@/api/session";
import { FormDialog } from "@/ui/FormDialog";
import { useSessionActions } from "./api";

/** Code of a refusal because the sign-in is too old. */
const STALE = "auth.sign_in_again";

interface Props {
  onClose: () => void;
  done: (made: { kid: string; signs_from: string }) => void;
}

/** Says what a rotation does, and asks for the password if the sign-in is not fresh. */
export function RotateDialog({ onClose, done }: Props) {
  const { rotate } = useSessionActions();
  const [stale, setStale] = useState(false);
  const form = useForm({
    initialValues: { password: "" },
    validate: { password: (value) => (stale && value === "" ? "The password that you signed in with" : null) },
  });
  const submit = async ({ password }: { password: string }) => {
    if (stale) {
      await signInAgain(password);
      setStale(false);
      form.reset();
    }
    try {
      done(await rotate());
    } catch (failure) {
      const problem = toProblem(failure);
      if (problem.code !== STALE) throw problem;
      setStale(true);
      throw new Problem(403, STALE, "Your sign-in is older than ten minutes. Type your password to go on.");
    }
  };
  return (
    <FormDialog title="Rotate the signing key?" form={form} submit={submit} action="Rotate the key" onClose={onClose} size="md">
      <Text size="sm">
        A new key is made, and signs as soon as every service has read it. Nobody is signed out: tokens of the old key are good
        until they expire, minutes later. It cannot be taken back.
      </Text>
      {stale && (
        <PasswordInput label="Your password" autoComplete="current-password" data-autofocus {...form.getInputProps("password")} />
      )}
    </FormDialog>
  );
}
