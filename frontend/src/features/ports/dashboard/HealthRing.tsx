import { Link } from "react-router";
import type { ServiceStatus } from "../api";
import { inSuite } from "../suites";
import classes from "./charts.module.css";

type State = ServiceStatus["status"];

/** States in the order of the ring, and their colours. */
const PARTS: { state: State; color: string }[] = [
  { state: "healthy", color: "var(--opsc-good-solid)" },
  { state: "degraded", color: "var(--opsc-warn-solid)" },
  { state: "flapping", color: "var(--opsc-warn)" },
  { state: "unhealthy", color: "var(--opsc-bad-solid)" },
  { state: "maintenance", color: "var(--opsc-busy-solid)" },
  { state: "unknown", color: "var(--opsc-idle-solid)" },
];
/** Always in the legend, so that it does not jump. */
const ALWAYS: readonly State[] = ["healthy", "unhealthy", "unknown"];
const [SIZE, STROKE] = [132, 15];
const RADIUS = (SIZE - STROKE) / 2;
const LENGTH = 2 * Math.PI * RADIUS;

/** How many services are in which state. */
export function HealthRing({ suite, statuses }: { suite: string; statuses: readonly ServiceStatus[] }) {
  const amounts = PARTS.map((part) => ({ ...part, amount: statuses.filter((one) => one.status === part.state).length }));
  const total = Math.max(statuses.length, 1);
  const healthy = amounts[0]?.amount ?? 0;
  const words = amounts.filter((one) => one.amount > 0).map((one) => `${one.amount} ${one.state}`);
  return (
    <div className={classes.health}>
      <svg width={SIZE} height={SIZE} role="img" aria-label={`Health of ${statuses.length} services: ${words.join(", ") || "none"}`}>
        <circle cx={SIZE / 2} cy={SIZE / 2} r={RADIUS} fill="none" stroke="var(--opsc-line-soft)" strokeWidth={STROKE} />
        <g transform={`rotate(-90 ${SIZE / 2} ${SIZE / 2})`}>
          {amounts.map(({ state, color, amount }, index) => {
            const part = (amount / total) * LENGTH;
            const before = amounts.slice(0, index).reduce((sum, one) => sum + one.amount, 0);
            return amount === 0 ? null : (
              <circle
                key={state}
                cx={SIZE / 2}
                cy={SIZE / 2}
                r={RADIUS}
                fill="none"
                stroke={color}
                strokeWidth={STROKE}
                strokeDasharray={`${part} ${LENGTH - part}`}
                strokeDashoffset={-(before / total) * LENGTH}
              />
            );
          })}
        </g>
        <text x="50%" y="48%" className={classes.middle}>
          {healthy}
        </text>
        <text x="50%" y="63%" className={classes.under}>
          of {statuses.length} healthy
        </text>
      </svg>
      <ul className={classes.parts}>
        {amounts
          .filter((one) => one.amount > 0 || ALWAYS.includes(one.state))
          .map(({ state, color, amount }) => (
            <li key={state}>
              <span className={classes.sample} style={{ background: color }} aria-hidden />
              <Link to={inSuite(`/ports/services?status=${state}`, suite)}>{state}</Link>
              <b>{amount}</b>
            </li>
          ))}
      </ul>
    </div>
  );
}
