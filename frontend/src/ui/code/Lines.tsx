import { memo } from "react";
import type { Line } from "./colours";
import classes from "./Editor.module.css";

interface Props {
  lines: readonly Line[];
  /** What is wrong, by line, counted from 1. */
  messages: ReadonlyMap<number, string>;
  /** The line that is written in. */
  current: number | null;
}

/** The text as it is seen, below the text area that is typed into. */
export function Lines({ lines, messages, current }: Props) {
  return (
    <div className={classes.lines} aria-hidden>
      {lines.map((line, index) => (
        <Row key={index} line={line} message={messages.get(index + 1)} isCurrent={index + 1 === current} />
      ))}
    </div>
  );
}

interface RowProps {
  line: Line;
  message: string | undefined;
  isCurrent: boolean;
}

/** Each change cuts the whole text anew; only lines that differ then are drawn. */
const Row = memo(PlainRow, (a, b) => a.message === b.message && a.isCurrent === b.isCurrent && isSame(a.line, b.line));

function PlainRow({ line, message, isCurrent }: RowProps) {
  return (
    <div className={classes.line} title={message} data-fault={message !== undefined || undefined} data-current={isCurrent || undefined}>
      <span className={classes.words}>
        {line.map(({ text, kind }, index) => (kind ? <span key={index} className={classes[kind]}>{text}</span> : text))}
        {/* Gives an empty line its height. */}
        {"\n"}
      </span>
    </div>
  );
}

function isSame(a: Line, b: Line): boolean {
  return a === b || (a.length === b.length && a.every(({ text, kind }, index) => text === b[index]?.text && kind === b[index].kind));
}
