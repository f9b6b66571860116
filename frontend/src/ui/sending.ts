/** What a form does while it is sent, and when it is refused. */

import type { UseFormReturnType } from "@mantine/form";
import { useState } from "react";
import { type Problem, toProblem } from "@/api/problem";
import { faultsOf } from "./feedback";

/** Sends a form by `submit`. A refusal goes to the fields, and what was typed stays. */
export function useSending<V extends object>(form: UseFormReturnType<V>, submit: (values: V) => Promise<void>) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const send = form.onSubmit(async (values) => {
    setSending(true);
    setProblem(null);
    try {
      await submit(values);
    } catch (failure) {
      const refused = toProblem(failure);
      form.setErrors(faultsOf(refused));
      setProblem(refused);
    } finally {
      setSending(false);
    }
  });
  return { send, sending, problem };
}
