import { useState } from "react";
import { type Problem, toProblem } from "@/api/problem";
import { type Decision, type Run, type RunStep, useRunActions } from "@/api/runs";
import { tellDone } from "@/ui/feedback";

/** Records what a person has decided about a step. */
export function useDecision(run: Run, step: RunStep) {
  const { resolve } = useRunActions();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const send = async (decision: Decision) => {
    setSending(true);
    setProblem(null);
    try {
      await resolve(run.id, step.id, decision);
      tellDone("Your decision is recorded");
    } catch (failure) {
      setProblem(toProblem(failure));
    } finally {
      setSending(false);
    }
  };
  return { send, sending, problem };
}
