import type { RunStep } from "@/api/runs";
import { formatDuration } from "@/ui/format";
import { Status } from "@/ui/Status";
import { toneOf } from "@/ui/status";
import { Duration, useNow } from "@/ui/Time";
import { barOf, targetOf } from "./steps";
import classes from "./Steps.module.css";

interface Props {
  steps: readonly RunStep[];
  /** From when to when the run went, in milliseconds. */
  span: [number, number];
  selected: number;
  onSelect: (place: number) => void;
}

/** Steps in their order, each with a bar that shows when it ran, to scale. */
export function Timeline({ steps, span, selected, onSelect }: Props) {
  useNow();
  const several = new Set(steps.map(targetOf)).size > 1;
  return (
    <>
      <ol className={classes.list}>
        {steps.map((step, place) => (
          <li key={step.id}>
            <button
              type="button"
              className={classes.row}
              aria-current={place === selected ? "step" : undefined}
              onClick={() => onSelect(place)}
            >
              <span className={classes.place}>{place + 1}</span>
              <span className={classes.name}>
                <span title={step.name}>{step.name}</span>
                {several && <span className={classes.target}>{targetOf(step)}</span>}
              </span>
              <span className={classes.state}>
                <Status state={step.status} />
              </span>
              <BarView step={step} span={span} />
              <span className={classes.duration}>
                <Duration from={step.started_at} to={step.finished_at} />
              </span>
            </button>
          </li>
        ))}
      </ol>
      <div className={classes.scale} aria-hidden>
        <span>0</span>
        <span>{formatDuration(span[1] - span[0])}</span>
      </div>
    </>
  );
}

function BarView({ step, span }: { step: RunStep; span: [number, number] }) {
  const bar = barOf(step, span);
  return (
    <span className={classes.track} aria-hidden>
      {bar && (
        <span
          className={classes.bar}
          data-tone={toneOf(step.status)}
          style={{ left: `${bar.start * 100}%`, width: `${bar.length * 100}%` }}
        />
      )}
    </span>
  );
}
