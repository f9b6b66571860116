import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { NO_ANSWER, type Problem, toProblem } from "@/api/problem";
import { signIn } from "@/api/session";

/** Name and password; a name that is given cannot be changed. */
export function SignInForm({ username }: { username?: string }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const form = useForm({
    initialValues: { username: username ?? "", password: "" },
    validate: {
      username: (value) => (value.trim() === "" ? "Your user name" : null),
      password: (value) => (value === "" ? "Your password" : null),
    },
  });
  const send = form.onSubmit(async (values) => {
    setSending(true);
    setProblem(null);
    try {
      await signIn(values.username, values.password);
    } catch (failure) {
      setProblem(toProblem(failure));
      setSending(false);
    }
  });
  return (
    <form onSubmit={send} noValidate>
      <Stack>
        {problem && <Refusal key={problem.requestId} problem={problem} />}
        <TextInput
          label="User name"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          readOnly={username !== undefined}
          data-autofocus={username === undefined || undefined}
          autoFocus={username === undefined}
          {...form.getInputProps("username")}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          autoFocus={username !== undefined}
          data-autofocus={username !== undefined || undefined}
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={sending} fullWidth>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

const WORDS: Record<string, string> = {
  "auth.wrong_password": "User name or password is wrong.",
  "auth.locked": "Too many wrong passwords for this account. It has to wait for a moment.",
  "auth.address_locked": "Too many wrong passwords from this address. It has to wait for a moment.",
  "auth.busy": "Many people are signing in at this moment.",
  [NO_ANSWER]: "The server does not answer. Check your connection; what you typed stays here.",
};

function Refusal({ problem }: { problem: Problem }) {
  const left = useCountdown(problem.retryAfter);
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} role="alert">
      {WORDS[problem.code] ?? problem.detail}
      {left > 0 && ` Try again in ${left} s.`}
      {problem.retryAfter !== undefined && left === 0 && " You can try again now."}
    </Alert>
  );
}

/** Seconds that are left, counted down. */
function useCountdown(seconds = 0): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return left;
}
