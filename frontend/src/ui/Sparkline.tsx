interface Props {
  values: readonly number[];
  /** What is shown, for those who do not see it. */
  label: string;
  width?: number;
  height?: number;
}

/** The course of a number, without axes. */
export function Sparkline({ values, label, width = 96, height = 22 }: Props) {
  const high = Math.max(...values, 1);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const points = values.map((value, index) => {
    const y = height - 2 - (value / high) * (height - 4);
    return `${(index * step).toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg width={width} height={height} role="img" aria-label={label} style={{ display: "block" }}>
      <polyline points={points.join(" ")} fill="none" stroke="var(--opsc-busy-solid)" strokeWidth={1.5} />
    </svg>
  );
}
