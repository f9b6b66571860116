import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { Run, RunStep } from "@/api/runs";
import { count } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { useNow } from "@/ui/Time";
import { MatrixView } from "./MatrixView";
import { isFinal, spanOf, targetOf } from "./steps";
import { Timeline } from "./Timeline";
import classes from "./Runs.module.css";

type View = "time" | "targets";

interface Props {
  run: Run;
  steps: readonly RunStep[];
  selected: number;
  onSelect: (place: number) => void;
}

/** The steps of a run: over time, or by targets where there are several. */
export function StepsPanel({ run, steps, selected, onSelect }: Props) {
  const several = new Set(steps.map(targetOf)).size > 1;
  const [chosen, setChosen] = useState<View | null>(null);
  const view = several ? (chosen ?? "targets") : "time";
  const now = useNow();
  const done = steps.filter((step) => isFinal(step.status)).length;
  return (
    <Panel
      title="Steps"
      flush
      aside={
        <>
          <span className={classes.soft}>{done === steps.length ? count(done, "step") : `${done} of ${steps.length} done`}</span>
          {several && (
            <SegmentedControl
              size="xs"
              aria-label="How steps are shown"
              data={[
                { value: "targets", label: "By target" },
                { value: "time", label: "Over time" },
              ]}
              value={view}
              onChange={(value) => setChosen(value as View)}
            />
          )}
        </>
      }
    >
      {view === "time" ? (
        <Timeline steps={steps} span={spanOf(run, now)} selected={selected} onSelect={onSelect} />
      ) : (
        <MatrixView steps={steps} selected={selected} onSelect={onSelect} />
      )}
    </Panel>
  );
}
