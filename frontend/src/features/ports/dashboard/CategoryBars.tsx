import { Link } from "react-router";
import { count } from "@/ui/format";
import type { Service } from "../api";
import { inSuite } from "../suites";
import classes from "./charts.module.css";

/** Ports by category of their services, most first. */
export function usageOf(services: readonly Service[]): { category: string; ports: number }[] {
  const ports = new Map<string, Set<number>>();
  for (const { category, port } of services) {
    const group = ports.get(category) ?? new Set<number>();
    if (port !== null && port !== undefined) group.add(port);
    ports.set(category, group);
  }
  return [...ports]
    .map(([category, group]) => ({ category, ports: group.size }))
    .sort((a, b) => b.ports - a.ports || a.category.localeCompare(b.category));
}

/** How many ports each category has. */
export function CategoryBars({ suite, services }: { suite: string; services: readonly Service[] }) {
  const usage = usageOf(services);
  const most = Math.max(1, ...usage.map((one) => one.ports));
  return (
    <ul className={classes.bars}>
      {usage.map(({ category, ports }) => (
        <li key={category}>
          <Link to={inSuite(`/ports/assignments?category=${encodeURIComponent(category)}`, suite)} className={classes.category}>
            {category}
          </Link>
          <span className={classes.track}>
            <span className={classes.bar} style={{ width: `${(ports / most) * 100}%` }} />
          </span>
          <b title={count(ports, "port")}>{ports}</b>
        </li>
      ))}
    </ul>
  );
}
