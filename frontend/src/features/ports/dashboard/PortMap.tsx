import { Select } from "@mantine/core";
import { type KeyboardEvent, memo, type SyntheticEvent, useRef, useState } from "react";
import { formatNumber } from "@/ui/format";
import { type Cell, CELL_STATES, type CellState, countStates, lineOf, STATE_WORDS } from "./cells";
import classes from "./PortMap.module.css";

/** Ports that are shown at once. */
export const BLOCK = 1000;
/** Ports between two numbers at the side; the number of columns divides it or is it. */
const LABEL_STEP = 50;
/** Cells of half a row, between which narrow pages break. */
const HALF_ROW = 25;

interface Props {
  cells: readonly Cell[];
  /** Shows what is known of a port. */
  open: (port: number) => void;
}

/** Every port of a range as a cell; arrow keys go from one to the next. */
export function PortMap({ cells, open }: Props) {
  const grid = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(0);
  const [shown, setShown] = useState<{ cell: Cell; x: number; y: number } | null>(null);
  const tabbable = Math.min(current, cells.length - 1);
  const first = cells[0]?.port ?? 0;

  const show = (event: SyntheticEvent<HTMLElement>) => {
    const index = indexOf(event);
    const cell = index === undefined ? undefined : cells[index];
    if (!cell || !(event.target instanceof HTMLElement)) return;
    setShown({ cell, x: event.target.offsetLeft + event.target.offsetWidth / 2, y: event.target.offsetTop });
    if (event.type === "focus") setCurrent(index ?? 0);
  };
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const index = indexOf(event);
    if (index === undefined || !grid.current) return;
    if (event.key === "Escape") return setShown(null);
    const next = goal(event.key, index, columnsOf(grid.current), cells.length);
    if (next === undefined) return;
    event.preventDefault();
    grid.current.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus();
  };
  return (
    <div className={classes.frame}>
      <div
        ref={grid}
        className={classes.grid}
        role="group"
        aria-label={`Ports ${first} to ${first + cells.length - 1}; arrow keys go from port to port`}
        onMouseOver={show}
        onFocus={show}
        onMouseLeave={() => setShown(null)}
        onBlur={() => setShown(null)}
        onKeyDown={move}
        onClick={(event) => {
          const index = indexOf(event);
          const cell = index === undefined ? undefined : cells[index];
          if (cell) open(cell.port);
        }}
      >
        {cells.map((cell, index) => (
          <Square key={cell.port} index={index} port={cell.port} state={cell.state} line={lineOf(cell)} tabbable={index === tabbable} />
        ))}
      </div>
      {shown && <Tip cell={cells[shown.cell.port - first] ?? shown.cell} x={shown.x} y={shown.y} />}
    </div>
  );
}

interface SquareProps {
  index: number;
  port: number;
  state: CellState;
  line: string;
  tabbable: boolean;
}

/** One port; drawn anew only if something about it is another. */
const Square = memo(function Square({ index, port, state, line, tabbable }: SquareProps) {
  return (
    <>
      {index % HALF_ROW === 0 && (
        <span className={classes.label} data-half={index % LABEL_STEP !== 0 || undefined} aria-hidden>
          {port}
        </span>
      )}
      <button type="button" className={classes.cell} data-index={index} data-state={state} aria-label={line} tabIndex={tabbable ? 0 : -1} />
    </>
  );
});

function Tip({ cell, x, y }: { cell: Cell; x: number; y: number }) {
  return (
    <div className={classes.tip} style={{ "--x": `${x}px`, top: y }} aria-hidden>
      <b>{cell.port}</b> {STATE_WORDS[cell.state]}
      {cell.who && <div className={classes.who}>{cell.who}</div>}
    </div>
  );
}

/** What the colours mean, and how many ports of each there are. */
export function Legend({ cells }: { cells: readonly Cell[] }) {
  const counts = countStates(cells);
  return (
    <ul className={classes.legend} aria-label="States of the ports">
      {CELL_STATES.map((state) => (
        <li key={state}>
          <span className={classes.sample} data-state={state} aria-hidden />
          {STATE_WORDS[state]} <b>{formatNumber(counts[state])}</b>
        </li>
      ))}
    </ul>
  );
}

interface BlockProps {
  first: number;
  end: number;
  /** First port of the block that is shown. */
  block: number;
  onChange: (block: number) => void;
}

/** Chooses the thousand that is shown, where a range has more ports. */
export function BlockPicker({ first, end, block, onChange }: BlockProps) {
  if (end - first <= BLOCK) return null;
  const starts = Array.from({ length: Math.ceil((end - first) / BLOCK) }, (_, index) => first + index * BLOCK);
  const data = starts.map((start) => ({ value: String(start), label: `${start} to ${Math.min(start + BLOCK, end) - 1}` }));
  return (
    <Select size="xs" w={150} aria-label="Ports shown" data={data} value={String(block)} onChange={(next) => onChange(Number(next))} />
  );
}

function indexOf(event: SyntheticEvent<HTMLElement>): number | undefined {
  const index = event.target instanceof HTMLElement ? event.target.dataset["index"] : undefined;
  return index === undefined ? undefined : Number(index);
}

/** How many cells are side by side, without the numbers at the side. */
const columnsOf = (grid: HTMLElement): number => getComputedStyle(grid).gridTemplateColumns.split(" ").length - 1;

/** Where a key leads. */
function goal(key: string, index: number, columns: number, count: number): number | undefined {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, PageUp: -columns * 5, PageDown: columns * 5 };
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const step = steps[key];
  if (step === undefined) return undefined;
  const next = index + step;
  return next >= 0 && next < count ? next : undefined;
}
