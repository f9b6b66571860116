/** Bars over time, stacked by kind. */

import { formatExact } from "../format";
import classes from "./TimeChart.module.css";

/** One kind of bar. */
interface Series {
  label: string;
  /** A colour of the theme, such as `--opsc-good-solid`. */
  color: `--${string}`;
  /** As many as there are times. */
  values: readonly number[];
}

interface Props {
  /** What is shown, for those who do not see it. */
  label: string;
  /** Start of each bar, in milliseconds since 1970. */
  times: readonly number[];
  series: readonly Series[];
  /** In pixels. */
  height?: number;
}

/** Steps of the scale, times a power of ten. */
const STEPS = [1, 2, 5, 10];
/** Lines of the scale above zero. */
const LINES = 4;

/** Draws the series on top of each other. */
export default function TimeChart({ label, times, series, height = 180 }: Props) {
  const sums = times.map((_, index) => series.reduce((sum, one) => sum + (one.values[index] ?? 0), 0));
  const step = scaleStep(Math.max(0, ...sums));
  const top = step * LINES;
  const every = Math.ceil(times.length / 8);
  return (
    <div className={classes.chart} role="img" aria-label={label} style={{ height }}>
      <div className={classes.plot}>
        {Array.from({ length: LINES + 1 }, (_, line) => (
          <div key={line} className={classes.line} style={{ bottom: `${(line / LINES) * 100}%` }}>
            <span>{line * step}</span>
          </div>
        ))}
        <div className={classes.bars}>
          {times.map((time, index) => (
            <div key={time} className={classes.slot} title={describe(time, index, series)}>
              {series.map((one) => (
                <div
                  key={one.label}
                  style={{ background: `var(${one.color})`, height: `${((one.values[index] ?? 0) / top) * 100}%` }}
                />
              ))}
            </div>
          ))}
        </div>
      </div>
      <div className={classes.times}>
        {times.map((time, index) => (
          <span key={time}>{index % every === 0 && toClock(time)}</span>
        ))}
      </div>
    </div>
  );
}

/** The least round step of which all lines together reach `high`. */
export function scaleStep(high: number): number {
  const least = Math.max(high, 1) / LINES;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = STEPS.find((one) => one * power >= least) ?? 10;
  return Math.max(1, factor * power);
}

function describe(time: number, index: number, series: readonly Series[]): string {
  const parts = series.map((one) => `${one.values[index] ?? 0} ${one.label}`);
  return `${formatExact(new Date(time))}: ${parts.join(", ")}`;
}

/** A moment on the axis: its day at midnight, else its time. */
function toClock(time: number): string {
  const moment = new Date(time);
  const midnight = moment.getHours() === 0 && moment.getMinutes() === 0;
  return moment.toLocaleString(undefined, midnight ? { day: "numeric", month: "short" } : { hour: "numeric", minute: "2-digit" });
}
