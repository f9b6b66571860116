import type { ReactNode } from "react";
import classes from "./Panel.module.css";

interface Props {
  title?: ReactNode;
  /** Beside the title, such as a link or a button. */
  aside?: ReactNode;
  /** Whether the content goes up to the edge, as tables do. */
  flush?: boolean;
  className?: string;
  children: ReactNode;
}

/** A piece of a page that belongs together. */
export function Panel({ title, aside, flush = false, className, children }: Props) {
  return (
    <section className={[classes.panel, className].filter(Boolean).join(" ")}>
      {(title !== undefined || aside !== undefined) && (
        <div className={classes.head}>
          <h2 className={classes.title}>{title}</h2>
          {aside !== undefined && <div className={classes.aside}>{aside}</div>}
        </div>
      )}
      <div className={classes.body} data-flush={flush || undefined}>
        {children}
      </div>
    </section>
  );
}

/** Panels side by side where there is room. */
export function PanelGrid({ min = "20rem", children }: { min?: string; children: ReactNode }) {
  return (
    <div className={classes.grid} style={{ "--min": min }}>
      {children}
    </div>
  );
}

interface FactProps {
  label: ReactNode;
  children: ReactNode;
}

/** Facts of a thing, in pairs of name and value. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={classes.facts}>{children}</dl>;
}

/** One fact. */
export function Fact({ label, children }: FactProps) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface FigureProps {
  label: string;
  value: ReactNode;
  /** What the number means, or what it is part of. */
  note?: ReactNode;
  tone?: "good" | "bad" | "warn";
}

/** One number that counts. */
export function Figure({ label, value, note, tone }: FigureProps) {
  return (
    <div className={classes.figure} data-tone={tone}>
      <div className={classes.label}>{label}</div>
      <div className={classes.value}>{value}</div>
      {note !== undefined && <div className={classes.note}>{note}</div>}
    </div>
  );
}
