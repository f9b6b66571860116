import { Status } from "@/ui/Status";
import type { Tone } from "@/ui/status";
import type { PlanLine } from "../api";
import classes from "./Assignments.module.css";
import { parsePort } from "./port";
import { isChange } from "./wishes";

interface Props {
  line: PlanLine | undefined;
  /** What was typed. */
  text: string;
  applied: boolean;
}

/** What will happen with the port of a service, or what has. */
export function BulkEffect({ line, text, applied }: Props) {
  if (text.trim() !== "" && parsePort(text) === null) return <Said tone="bad" word="no port" detail="from 1 to 65535" />;
  if (!line) return <span className={classes.soft}>…</span>;
  if (line.problem) return <Said tone="bad" word={applied ? "not done" : "refused"} detail={line.problem} />;
  if (!isChange(line)) return <Said tone="idle" word="stays" detail="" />;
  return <Said tone="good" word={applied ? "done" : line.action} detail={line.detail} />;
}

function Said({ tone, word, detail }: { tone: Tone; word: string; detail: string }) {
  return (
    <span className={classes.effect} title={detail}>
      <Status state={word} tone={tone} />
      <span className={classes.detail}>{detail}</span>
    </span>
  );
}
