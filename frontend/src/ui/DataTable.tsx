import { Checkbox } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import classes from "./DataTable.module.css";
import { formatNumber } from "./format";
import { nextOrder, type Order, sortRows } from "./order";

/** Height of a row in pixels; the same for all, so that any number of them scrolls smoothly. */
const ROW_HEIGHT = 44;
/** Rows kept beyond what is seen. */
const OVERSCAN = 12;
/** So many rows before the end, more are asked for. */
const AHEAD = 40;

/** One column. */
export interface Column<T> {
  /** Its name in code. */
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** What it is sorted by; without it, it is not. */
  sort?: (row: T) => string | number | null | undefined;
  /** CSS width; the columns without one share the rest. */
  width?: string;
  /** 1 is always shown, 2 from 640 px on, 3 from 1024 px on. */
  priority?: 1 | 2 | 3;
  align?: "right";
}

interface Props<T> {
  /** What the table holds, for those who do not see it. */
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** What a row is called where it is chosen; its key unless given. */
  rowName?: (row: T) => string;
  /** Where the name in the first column leads. */
  rowLink?: (row: T) => string;
  /** Column and direction at the start, such as `{id: "name"}`. */
  sort?: { id: string; desc?: boolean };
  /** Keys of the rows that are chosen, and what happens when that changes. */
  selection?: { keys: ReadonlySet<string>; onChange: (keys: ReadonlySet<string>) => void };
  /** Rows there are in all, if more than are loaded. */
  total?: number;
  /** Loads further rows. */
  onEnd?: () => void;
  /** In the place of the rows when there are none. */
  empty: ReactNode;
  /** Without a frame of its own, inside of a panel. */
  bare?: boolean;
}

/** A table that stays fast with any number of rows. Only the rows that are seen are in the page. */
export function DataTable<T>(props: Props<T>) {
  const { label, columns, rows, rowKey, sort, selection, total, onEnd, empty, bare = false } = props;
  const [order, setOrder] = useState<Order | undefined>(sort && { id: sort.id, desc: sort.desc ?? false });
  const sorted = useMemo(() => sortRows(rows, columns, order), [rows, columns, order]);
  const { body, items, before, after } = useWindow(sorted.length, onEnd);

  if (rows.length === 0) return <div className={classes.frame} data-bare={bare || undefined}>{empty}</div>;
  return (
    <div className={classes.frame} data-bare={bare || undefined} ref={body}>
      <table className={classes.table} aria-label={label} aria-rowcount={(total ?? rows.length) + 1}>
        <colgroup>
          {selection && <col style={{ width: "2.75rem" }} />}
          {columns.map((column) => (
            <col key={column.id} data-priority={column.priority} style={{ width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {selection && (
              <th className={classes.choose}>
                <ChooseAll rows={sorted} rowKey={rowKey} selection={selection} />
              </th>
            )}
            {columns.map((column) => (
              <HeaderCell
                key={column.id}
                column={column}
                sorted={order?.id === column.id ? order : undefined}
                toggle={() => setOrder(nextOrder(order, column.id))}
              />
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={moveFocus}>
          {before > 0 && <tr aria-hidden style={{ height: before }} />}
          {items.map((item) => {
            const row = sorted[item.index];
            return row !== undefined && <BodyRow key={rowKey(row)} row={row} index={item.index} props={props} />;
          })}
          {after > 0 && <tr aria-hidden style={{ height: after }} />}
        </tbody>
      </table>
      {total !== undefined && total > rows.length && (
        <div className={classes.more}>
          {formatNumber(rows.length)} of {formatNumber(total)}; scroll for more
        </div>
      )}
    </div>
  );
}


/** Which rows of how many are in view, and the height of those before and after. */
function useWindow(count: number, onEnd: (() => void) | undefined) {
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => body.current?.closest<HTMLElement>("[data-scroll]") ?? null,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollMargin: margin,
  });
  useLayoutEffect(() => {
    const scroller = body.current?.closest<HTMLElement>("[data-scroll]");
    if (!body.current || !scroller) return;
    const top = body.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    setMargin(Math.round(top + scroller.scrollTop));
  }, [count]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const near = last >= count - AHEAD;
  useEffect(() => {
    if (near && count > 0) onEnd?.();
  }, [near, count, onEnd]);
  const first = items[0];
  const before = first ? first.start - margin : 0;
  const after = Math.max(0, (count - last - 1) * ROW_HEIGHT);
  return { body, items, before, after };
}

interface HeaderProps<T> {
  column: Column<T>;
  sorted: { desc: boolean } | undefined;
  toggle: () => void;
}

function HeaderCell<T>({ column, sorted, toggle }: HeaderProps<T>) {
  const direction = sorted && (sorted.desc ? "descending" : "ascending");
  return (
    <th data-priority={column.priority} data-align={column.align} aria-sort={direction}>
      {column.sort ? (
        <button type="button" className={classes.sort} onClick={toggle}>
          {column.header}
          {sorted && (sorted.desc ? <IconArrowDown size={13} aria-hidden /> : <IconArrowUp size={13} aria-hidden />)}
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}

interface RowProps<T> {
  row: T;
  index: number;
  props: Props<T>;
}

/** While only the window moves, the table's props stay the same object, and rows in view are not drawn again. */
const BodyRow = memo(PlainRow) as typeof PlainRow;

function PlainRow<T>({ row, index, props: { columns, rowKey, rowLink, rowName, selection } }: RowProps<T>) {
  const link = rowLink?.(row);
  const key = rowKey(row);
  return (
    <tr aria-rowindex={index + 2} data-linked={link !== undefined || undefined}>
      {selection && (
        <td className={classes.choose}>
          <Checkbox
            size="xs"
            aria-label={`Choose ${rowName?.(row) ?? key}`}
            checked={selection.keys.has(key)}
            onChange={() => selection.onChange(toggled(selection.keys, key))}
          />
        </td>
      )}
      {columns.map((column, position) => (
        <td key={column.id} data-priority={column.priority} data-align={column.align}>
          {position === 0 && link !== undefined ? (
            <Link to={link} className={classes.link} data-row-link>
              {column.cell(row)}
            </Link>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  );
}

interface ChooseAllProps<T> {
  rows: readonly T[];
  rowKey: (row: T) => string;
  selection: NonNullable<Props<T>["selection"]>;
}

function ChooseAll<T>({ rows, rowKey, selection }: ChooseAllProps<T>) {
  const chosen = rows.filter((row) => selection.keys.has(rowKey(row))).length;
  const all = chosen === rows.length;
  return (
    <Checkbox
      size="xs"
      aria-label="Choose all"
      checked={all}
      indeterminate={chosen > 0 && !all}
      onChange={() => selection.onChange(new Set(all ? [] : rows.map(rowKey)))}
    />
  );
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** Arrow keys go from row to row. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const row = event.target instanceof HTMLElement && event.target.closest("tr");
  if (!row || !(event.target instanceof HTMLAnchorElement)) return;
  const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  const link = next?.querySelector<HTMLElement>("[data-row-link]");
  if (!link) return;
  event.preventDefault();
  link.focus();
}
