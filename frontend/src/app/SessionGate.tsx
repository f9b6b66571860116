import { Center, Loader } from "@mantine/core";
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useState } from "react";
import { type Problem, toProblem } from "@/api/problem";
import { startSession, useSession } from "@/api/session";
import { Failure } from "@/ui/states";

const SignIn = lazy(() => import("@/features/sign-in/SignIn"));
const SignInAgain = lazy(() => import("@/features/sign-in/SignInAgain"));

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
  if (session.state === "starting") return <Waiting />;
  if (session.state === "signed-out") {
    return (
      <Suspense fallback={<Waiting />}>
        <SignIn />
      </Suspense>
    );
  }
  return (
    <>
      {children}
      <Suspense>{session.state === "expired" && <SignInAgain user={session.user} />}</Suspense>
    </>
  );
}

function Waiting() {
  return (
    <Center h="100dvh">
      <Loader aria-label="Loading" />
    </Center>
  );
}
