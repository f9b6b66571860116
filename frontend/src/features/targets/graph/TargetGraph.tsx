import { useId, useMemo } from "react";
import { Link } from "react-router";
import { type Target } from "@/api/targets";
import { outcomeOf } from "../words";
import classes from "./Graph.module.css";
import { NODE, place } from "./place";
import type { Web } from "./reach";

interface Props {
  web: Web;
  /** What is drawn, for those who do not see it. */
  label: string;
  /** The target that it is about, if about one. */
  focus?: number;
}

/** Targets and who needs whom, drawn; each one is a link, and below it stands the same in words. */
export function TargetGraph({ web, label, focus }: Props) {
  const arrow = useId();
  const placed = useMemo(() => place(web), [web]);
  const byId = useMemo(() => new Map(web.nodes.map((target) => [target.id, target])), [web]);
  const size = { width: placed.width, height: placed.height };
  return (
    <>
      <div className={classes.scroll} role="group" aria-label={label} tabIndex={0}>
        <div className={classes.graph} style={size}>
          <svg {...size} className={classes.lines} aria-hidden>
            <defs>
              <marker id={arrow} viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto">
                <path d="M0 0.5L8 4L0 7.5z" className={classes.head} />
              </marker>
            </defs>
            {placed.lines.map(({ key, path }) => (
              <path key={key} d={path} className={classes.line} markerEnd={`url(#${arrow})`} />
            ))}
          </svg>
          {placed.nodes.map(({ id, left, top }) => {
            const target = byId.get(id);
            return target && <Node key={id} target={target} left={left} top={top} focus={focus === id} />;
          })}
        </div>
      </div>
      <InWords web={web} byId={byId} />
    </>
  );
}

function Node({ target, left, top, focus }: { target: Target; left: number; top: number; focus: boolean }) {
  const { label, tone } = outcomeOf(target.last_test);
  return (
    <Link
      to={`/targets/${target.id}`}
      className={classes.node}
      style={{ left, top, ...NODE }}
      aria-current={focus || undefined}
      title={`${target.name}: ${label}`}
    >
      <span className={classes.dot} data-tone={tone} role="img" aria-label={label} />
      <span className={classes.name}>{target.name}</span>
    </Link>
  );
}

function InWords({ web, byId }: { web: Web; byId: ReadonlyMap<number, Target> }) {
  const needs = web.nodes.flatMap((target) => {
    const names = target.depends_on.flatMap((id) => byId.get(id)?.name ?? []);
    return names.length > 0 ? [{ id: target.id, text: `${target.name} needs ${names.join(", ")}` }] : [];
  });
  return (
    <details className={classes.words}>
      <summary>The same in words</summary>
      <ul>
        {needs.map(({ id, text }) => (
          <li key={id}>{text}</li>
        ))}
      </ul>
    </details>
  );
}
