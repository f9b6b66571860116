import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { Problem } from "@/api/problem";
import classes from "./Assignments.module.css";

interface Props {
  /** The port that was typed. */
  port: number | null;
  /** The one that the answer is about; a moment later. */
  asked: number | null;
  answer: UseQueryResult<{ available: boolean; held_by?: string | null }, Problem>;
}

/** Whether a port that was typed is free; always one line high. */
export function Verdict({ port, asked, answer }: Props) {
  const known = port !== null && port === asked ? answer.data : undefined;
  return (
    <div className={classes.verdict} role="status" data-tone={known && (known.available ? "good" : "bad")}>
      {port !== null && !known && (answer.isError ? answer.error.detail : "Looking…")}
      {known?.available && (
        <>
          <IconCircleCheck size={15} aria-hidden /> {port} is free
        </>
      )}
      {known && !known.available && (
        <>
          <IconAlertTriangle size={15} aria-hidden /> {port} is {known.held_by}
        </>
      )}
    </div>
  );
}
