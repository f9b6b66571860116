import { IconAlertTriangle, IconCheck, IconCircleDashed, IconLoader2, IconMinus, IconX, type Icon } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { formatDuration } from "@/ui/format";
import type { Phase } from "../api";
import { PHASES } from "../words";
import classes from "./Phases.module.css";

/** How a step of a test stands. */
type State = "waiting" | "running" | "good" | "bad" | "decide" | "skipped";

const SIGNS: Record<State, { icon: Icon; word: string }> = {
  waiting: { icon: IconCircleDashed, word: "not known yet" },
  running: { icon: IconLoader2, word: "running" },
  good: { icon: IconCheck, word: "went well" },
  bad: { icon: IconX, word: "failed" },
  decide: { icon: IconAlertTriangle, word: "waits for a decision" },
  skipped: { icon: IconMinus, word: "skipped" },
};

interface Props {
  /** What was found; none while the test runs. */
  phases: readonly Phase[] | undefined;
  running: boolean;
}

/** The steps of a connection test with what each one found. */
export function Phases({ phases, running }: Props) {
  if (phases?.length === 0) return null;
  return (
    <div>
      <ol className={classes.steps} aria-label="Steps of the test">
        {PHASES.map(({ name, title, what }, index) => {
          const phase = phases?.find((one) => one.name === name);
          const state = stateOf(phase);
          const { icon: Sign, word } = SIGNS[state];
          return (
            <li key={name} className={classes.step} data-state={state}>
              <span className={classes.sign} role="img" aria-label={word}>
                <Sign size={15} stroke={2.4} aria-hidden />
              </span>
              <span className={classes.title}>
                {index + 1}. {title}
              </span>
              <span className={classes.ms}>{phase && !phase.skipped ? formatDuration(phase.ms) : ""}</span>
              <span className={classes.detail}>
                {phase && !phase.skipped ? phase.detail : what}
                {phase?.remedy && <span className={classes.remedy}>{phase.remedy}</span>}
              </span>
            </li>
          );
        })}
      </ol>
      {running && <Running />}
    </div>
  );
}

function stateOf(phase: Phase | undefined): State {
  if (!phase) return "waiting";
  if (phase.skipped) return "skipped";
  if (phase.ok) return "good";
  return phase.reason === "host_key_unknown" ? "decide" : "bad";
}

/** That the test runs, and for how long. The service answers all steps at once, at the end. */
function Running() {
  const [started] = useState(() => performance.now());
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setPassed(performance.now() - started), 100);
    return () => clearInterval(timer);
  }, [started]);
  const { icon: Sign } = SIGNS.running;
  return (
    <div className={classes.running}>
      <Sign size={15} stroke={2.4} aria-hidden className={classes.turning} />
      <span>Testing</span>
      <span aria-hidden>for {formatDuration(Math.floor(passed / 100) * 100)}</span>
    </div>
  );
}
