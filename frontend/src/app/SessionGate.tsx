import { Center, Loader } from "@mantine/core";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { type Problem, toProblem } from "@/api/problem";
import { startSession, useSession } from "@/api/session";
import { SignIn } from "@/features/sign-in/SignIn";
import { SignInAgain } from "@/features/sign-in/SignInAgain";
import { Failure } from "@/ui/states";

/** Shows the app to who is signed in, and to all others the way in. */
export function SessionGate({ children }: { children: ReactNode }) {
  const session = useSession();
  const [problem, setProblem] = useState<Problem | null>(null);
  const start = useCallback(() => startSession().catch((failure: unknown) => setProblem(toProblem(failure))), []);
  useEffect(() => void start(), [start]);
  if (problem) {
    return (
      <Center h="100dvh">
        <Failure problem={problem} retry={() => void start().then(() => setProblem(null))} />
      </Center>
    );
  }
  if (session.state === "starting") {
    return (
      <Center h="100dvh">
        <Loader aria-label="Loading" />
      </Center>
    );
  }
  if (session.state === "signed-out") return <SignIn />;
  return (
    <>
      {children}
      {session.state === "expired" && <SignInAgain user={session.user} />}
    </>
  );
}
