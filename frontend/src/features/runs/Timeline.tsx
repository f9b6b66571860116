import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useEffectEvent, useMemo, useRef } from "react";
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

/** Height of a row in pixels, and of one that also names a target. */
const [ROW_HEIGHT, NAMED_HEIGHT] = [40, 48];

/** Steps in their order, each with a bar that shows when it ran, to scale. Only those that are seen are in the page. */
export function Timeline({ steps, span, selected, onSelect }: Props) {
  useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const several = useMemo(() => new Set(steps.map(targetOf)).size > 1, [steps]);
  const virtual = useVirtualizer({
    count: steps.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (several ? NAMED_HEIGHT : ROW_HEIGHT),
    overscan: 8,
  });
  const show = useEffectEvent((place: number) => virtual.scrollToIndex(place));
  useEffect(() => show(selected), [selected]);
  return (
    <>
      <div ref={scroller} className={classes.scroller}>
        <ol className={classes.list} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const step = steps[item.index];
            return (
              step && (
                <li
                  key={step.id}
                  className={classes.item}
                  style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                  aria-posinset={item.index + 1}
                  aria-setsize={steps.length}
                >
                  <StepRow step={step} span={span} several={several} isSelected={item.index === selected} onSelect={() => onSelect(item.index)} />
                </li>
              )
            );
          })}
        </ol>
      </div>
      <div className={classes.scale} aria-hidden>
        <span>0</span>
        <span>{formatDuration(span[1] - span[0])}</span>
      </div>
    </>
  );
}

interface RowProps {
  step: RunStep;
  span: [number, number];
  several: boolean;
  isSelected: boolean;
  onSelect: () => void;
}

function StepRow({ step, span, several, isSelected, onSelect }: RowProps) {
  return (
    <button type="button" className={classes.row} aria-current={isSelected ? "step" : undefined} onClick={onSelect}>
      <span className={classes.place}>{step.idx + 1}</span>
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
