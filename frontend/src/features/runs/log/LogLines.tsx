import { Button } from "@mantine/core";
import { memo, type MouseEvent } from "react";
import { formatNumber } from "@/ui/format";
import { markerOf } from "./layout";
import { LineText } from "./LineText";
import type { LogLine } from "./lines";
import type { OutputStore, RowView, Snapshot } from "./store";
import { MOST_ROWS, useLogWindow } from "./useLogWindow";
import classes from "./Log.module.css";

/** What the lines are, and what is asked of them. */
export interface LinesProps {
  store: OutputStore;
  snapshot: Snapshot;
  search: string;
  /** The line that was found and is looked at. */
  hit: number | undefined;
  wrap: boolean;
  follow: boolean;
  /** Whether the end is what people look for first. */
  startAtEnd: boolean;
  /** The person scrolled away from the end. */
  onLeaveEnd: () => void;
  /** The line that the address points at. */
  place: number | null;
  /** Address of a line, beginning with `#`. */
  linkTo: (line: number) => string;
  onPlace: (line: number) => void;
  label: string;
}

/** The lines. Only those that are seen are in the page. */
export function LogLines(props: LinesProps) {
  const { store, snapshot, search, hit, wrap, place, linkTo, onPlace, label } = props;
  const { scroller, virtual, base, show, onScroll } = useLogWindow(props);
  const digits = String(Math.max(snapshot.lines, 99)).length;
  return (
    <>
      <Beyond hidden={base === 0} label={`${formatNumber(base)} lines before`} onClick={() => show(base - 1, "end")} />
      <div
        ref={scroller}
        className={classes.scroller}
        data-wrap={wrap || undefined}
        role="region"
        aria-label={label}
        tabIndex={0}
        onScroll={onScroll}
        onClick={(event) => follow(event, onPlace)}
        style={{ "--digits": digits, "--content": `${virtual.getTotalSize()}px` }}
      >
        <div className={classes.lines} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = store.at(base + item.index);
            const number = row && "line" in row ? row.line.number : undefined;
            return (
              <div
                key={item.key}
                ref={wrap ? virtual.measureElement : undefined}
                data-index={item.index}
                className={classes.line}
                data-stream={row && "line" in row ? row.line.stream : undefined}
                data-placed={(number !== undefined && number === place) || undefined}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <RowContent row={row} search={search} isCurrent={number !== undefined && number === hit} linkTo={linkTo} />
              </div>
            );
          })}
        </div>
      </div>
      <Beyond
        hidden={snapshot.rows <= base + MOST_ROWS}
        label={`${formatNumber(snapshot.rows - base - MOST_ROWS)} lines after`}
        onClick={() => show(base + MOST_ROWS, "center")}
      />
    </>
  );
}

/** A click on a number leads to the line, without leaving the page. */
function follow(event: MouseEvent, onPlace: (line: number) => void): void {
  const link = (event.target as Element).closest<HTMLElement>("a[data-number]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  onPlace(Number(link.dataset["number"]));
}

/** Leads to what no browser can scroll to. */
function Beyond({ hidden, label, onClick }: { hidden: boolean; label: string; onClick: () => void }) {
  if (hidden) return null;
  return (
    <Button variant="subtle" size="compact-xs" onClick={onClick} className={classes.beyond ?? ""}>
      {label}
    </Button>
  );
}

interface RowProps {
  row: RowView;
  search: string;
  isCurrent: boolean;
  linkTo: (line: number) => string;
}

function RowContent({ row, search, isCurrent, linkTo }: RowProps) {
  if (!row) return null;
  if ("gap" in row) return <code className={classes.gap}>{markerOf(row.gap)}</code>;
  if ("number" in row) return <span className={classes.number} data-number={row.number} />;
  return <LineView line={row.line} search={search} isCurrent={isCurrent} href={linkTo(row.line.number)} />;
}

/** A line never changes: it is drawn again only if something else is looked for. */
const LineView = memo(PlainLine);

function PlainLine({ line, search, isCurrent, href }: { line: LogLine; search: string; isCurrent: boolean; href: string }) {
  return (
    <>
      <a
        className={classes.number}
        href={href}
        // Thousands of links would stand in the way of the keyboard.
        tabIndex={-1}
        aria-label={`Line ${line.number}${line.stream === "stdout" ? "" : `, ${WORDS[line.stream] ?? line.stream}`}`}
        data-number={line.number}
      />
      <LineText line={line} search={search} isCurrent={isCurrent} />
    </>
  );
}

const WORDS: Record<string, string> = { stderr: "standard error", system: "a note of the executor" };
