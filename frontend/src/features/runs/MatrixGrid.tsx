import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconLoader2,
  IconPlayerSkipForward,
  type Icon,
} from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, type MouseEvent, useId, useRef, useState } from "react";
import type { RunStep } from "@/api/runs";
import { toneOf } from "@/ui/status";
import type { MatrixRow } from "./matrix";
import classes from "./Matrix.module.css";

/** Height of a row in pixels, and rows kept beyond what is seen. */
const [ROW_HEIGHT, OVERSCAN] = [36, 8];
/** Rows that a page key goes. */
const PAGE = 10;
/** With so many columns, cells have room for a word. */
const WORDY = 6;

/** The sign of each state, so that nobody needs its colour. */
const SIGNS: Record<string, Icon> = {
  queued: IconCircleDashed,
  running: IconLoader2,
  succeeded: IconCircleCheck,
  failed: IconCircleX,
  aborted: IconBan,
  skipped: IconPlayerSkipForward,
  unknown: IconAlertTriangle,
};

interface Props {
  columns: readonly string[];
  rows: readonly MatrixRow[];
  steps: readonly RunStep[];
  selected: number;
  onSelect: (place: number) => void;
}

/** The cells. Only those that are seen are in the page; arrows go from one to the next. */
export function MatrixGrid({ columns, rows, steps, selected, onSelect }: Props) {
  const id = useId();
  const { scroller, virtual } = useRows(rows.length);
  const { active, keys, put } = useActive(columns.length, rows, (row) => virtual.scrollToIndex(row), onSelect);
  const click = (event: MouseEvent) => {
    const cell = (event.target as Element).closest<HTMLElement>("[data-place]");
    if (!cell) return;
    put(Number(cell.dataset["row"]), Number(cell.dataset["column"]));
    onSelect(Number(cell.dataset["place"]));
  };
  return (
    <div
      ref={scroller}
      className={classes.grid}
      role="grid"
      aria-label="Steps by target"
      aria-readonly
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={`${id}-${active.row}-${active.column}`}
      tabIndex={0}
      data-wordy={columns.length <= WORDY || undefined}
      style={{ "--columns": columns.length }}
      onKeyDown={keys}
      onClick={click}
    >
      <Head columns={columns} />
      <div role="rowgroup" className={classes.rows} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <div key={row.target} role="row" aria-rowindex={item.index + 2} className={classes.row} style={{ transform: `translateY(${item.start}px)` }}>
              <RowCells
                id={id}
                index={item.index}
                row={row}
                columns={columns}
                steps={steps}
                selected={selected}
                active={active.row === item.index ? active.column : undefined}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Which rows of how many are in view. */
function useRows(count: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    // The names of the steps stay above.
    scrollPaddingStart: ROW_HEIGHT,
  });
  return { scroller, virtual };
}

interface RowProps extends Pick<Props, "columns" | "steps" | "selected"> {
  id: string;
  index: number;
  row: MatrixRow;
  /** The column that the keyboard is at, if it is in this row. */
  active: number | undefined;
}

function RowCells({ id, index, row, columns, steps, selected, active }: RowProps) {
  return (
    <>
      <span role="rowheader" className={classes.target} title={row.target}>
        {row.target}
      </span>
      {columns.map((name, column) => {
        const place = row.cells[column];
        return (
          <Cell
            key={column}
            id={`${id}-${index}-${column}`}
            row={index}
            column={column}
            name={name}
            target={row.target}
            status={place === undefined ? undefined : steps[place]?.status}
            place={place}
            isSelected={place === selected}
            isActive={active === column}
          />
        );
      })}
    </>
  );
}

function Head({ columns }: { columns: readonly string[] }) {
  return (
    <div role="rowgroup" className={classes.head}>
      <div role="row" aria-rowindex={1} className={classes.names}>
        <span role="columnheader" className={classes.target}>
          Target
        </span>
        {columns.map((name, column) => (
          <span key={column} role="columnheader" title={name}>
            {name}
          </span>
        ))}
      </div>
    </div>
  );
}

/** Which cell the keyboard is at, and where its keys lead. */
function useActive(columns: number, rows: readonly MatrixRow[], show: (row: number) => void, onSelect: (place: number) => void) {
  const [wanted, setWanted] = useState({ row: 0, column: 0 });
  const last = { row: rows.length - 1, column: columns - 1 };
  const active = { row: Math.min(wanted.row, last.row), column: Math.min(wanted.column, last.column) };
  const put = (row: number, column: number) => {
    const within = (value: number, most: number) => Math.max(0, Math.min(value, most));
    setWanted({ row: within(row, last.row), column: within(column, last.column) });
    show(within(row, last.row));
  };
  const keys = (event: KeyboardEvent) => {
    const { row, column } = active;
    const far = event.ctrlKey || event.metaKey;
    const moves: Record<string, [number, number]> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      PageDown: [row + PAGE, column],
      PageUp: [row - PAGE, column],
      Home: [far ? 0 : row, 0],
      End: [far ? last.row : row, last.column],
    };
    const move = moves[event.key];
    const place = rows[row]?.cells[column];
    if (move) put(...move);
    else if ((event.key === "Enter" || event.key === " ") && place !== undefined) onSelect(place);
    else return;
    event.preventDefault();
  };
  return { active, keys, put };
}

interface CellProps {
  id: string;
  row: number;
  column: number;
  name: string;
  target: string;
  status: string | undefined;
  place: number | undefined;
  isSelected: boolean;
  isActive: boolean;
}

const Cell = memo(PlainCell);

function PlainCell({ id, row, column, name, target, status, place, isSelected, isActive }: CellProps) {
  const Sign = SIGNS[status ?? ""] ?? IconCircleDashed;
  if (status === undefined) return <span id={id} role="gridcell" className={classes.none} aria-label={`${name} on ${target}: nothing to do`} data-active={isActive || undefined} />;
  const words = `${name} on ${target}: ${status}`;
  return (
    <span
      id={id}
      role="gridcell"
      className={classes.cell}
      data-tone={toneOf(status)}
      data-row={row}
      data-column={column}
      data-place={place}
      data-active={isActive || undefined}
      aria-selected={isSelected}
      aria-label={words}
      title={words}
    >
      <Sign size={16} stroke={2.2} aria-hidden />
      <span className={classes.word} aria-hidden>
        {status}
      </span>
    </span>
  );
}
