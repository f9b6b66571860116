/** Bars over time, stacked by kind. */

import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import classes from "./TimeChart.module.css";

/** One kind of bar. */
export interface Series {
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
  height?: number;
}

/** Draws the series on top of each other. */
export default function TimeChart({ label, times, series, height = 180 }: Props) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const draw = () => {
      const styles = getComputedStyle(element);
      const color = (name: string) => styles.getPropertyValue(name).trim();
      const options = toOptions(element.clientWidth, height, series, color);
      return new uPlot(options, stacked(times, series), element);
    };
    let plot = draw();
    const redraw = () => {
      plot.destroy();
      plot = draw();
    };
    const sizes = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    sizes.observe(element);
    // The colours are read when it is drawn.
    const scheme = new MutationObserver(redraw);
    scheme.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    return () => {
      sizes.disconnect();
      scheme.disconnect();
      plot.destroy();
    };
  }, [times, series, height]);
  return <div ref={host} className={classes.chart} role="img" aria-label={label} style={{ minHeight: height }} />;
}

/** Each series with those below it added, the topmost first, so that lower ones are drawn over it. */
function stacked(times: readonly number[], series: readonly Series[]): uPlot.AlignedData {
  const sums = times.map(() => 0);
  const layers = series.map((one) => times.map((_, index) => (sums[index] = (sums[index] ?? 0) + (one.values[index] ?? 0))));
  return [times.map((time) => time / 1000), ...layers.reverse()];
}

function toOptions(width: number, height: number, series: readonly Series[], color: (name: string) => string): uPlot.Options {
  const axis = { stroke: color("--opsc-soft"), grid: { stroke: color("--opsc-line-soft"), width: 1 }, ticks: { show: false } };
  const bars = uPlot.paths.bars?.({ size: [0.7, 28], radius: 0.15 });
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(4, high * 1.1)] } },
    axes: [axis, { ...axis, size: 36, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] }],
    series: [
      {},
      ...[...series].reverse().map((one) => ({
        label: one.label,
        fill: color(one.color),
        stroke: color(one.color),
        width: 0,
        points: { show: false },
        ...(bars ? { paths: bars } : {}),
      })),
    ],
  };
}
