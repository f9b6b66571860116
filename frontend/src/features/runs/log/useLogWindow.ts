/** Which lines are in view, and what brings others there. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import type { LinesProps } from "./LogLines";

/** Height of a line in pixels, unless it wraps. */
const LINE_HEIGHT = 20;
/** Lines kept beyond what is seen, and space above the first line and below the last. */
const AROUND = { overscan: 20, paddingStart: 8, paddingEnd: 8 };
/** Rows that can be scrolled at a time: browsers draw nothing beyond some 33 million pixels. */
export const MOST_ROWS = 1_000_000;
/** Milliseconds that a range has to be in view before it is read. */
const REST_MS = 30;

type Align = "center" | "end";

/** Scrolls a log: by hand, to its end, to a line. */
export function useLogWindow({ store, snapshot: { rows }, hit, follow, startAtEnd, onLeaveEnd, place }: LinesProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const [base, setBase] = useState(0);
  const goal = useRef<{ row: number; align: Align } | null>(null);
  const virtual = useVirtualizer({
    count: Math.max(0, Math.min(rows - base, MOST_ROWS)),
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    ...AROUND,
  });
  const show = (row: number, align: Align) => {
    const isIn = row >= base && row < base + MOST_ROWS;
    if (isIn) {
      virtual.scrollToIndex(row - base, { align });
      return;
    }
    goal.current = { row, align };
    setBase(Math.max(0, Math.min(row - MOST_ROWS / 2, rows - MOST_ROWS)));
  };
  const reach = useEffectEvent(() => {
    if (goal.current) virtual.scrollToIndex(goal.current.row - base, { align: goal.current.align });
    goal.current = null;
  });
  useLayoutEffect(() => reach(), [base]);

  const showNow = useEffectEvent(show);
  useEffect(() => {
    if (startAtEnd && place === null) showNow(store.get().rows - 1, "end");
    // Once, when there is something to show.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useShown(store, hit, show);
  useShown(store, place ?? undefined, show);
  useEffect(() => {
    if (hit !== undefined) scroller.current?.scrollIntoView({ block: "nearest" });
  }, [hit]);
  useEffect(() => {
    if (follow && rows > 0) showNow(rows - 1, "end");
  }, [follow, rows]);
  useWanted(store, base, virtual.range);
  const onScroll = () => {
    const top = scroller.current?.scrollTop ?? 0;
    // Nothing but the person scrolls up.
    if (follow && top < lastTop.current - 4) onLeaveEnd();
    lastTop.current = top;
  };
  return { scroller, virtual, base, show, onScroll };
}

/** Brings a line into view as soon as it is known, each time that it is another one. */
function useShown(store: LinesProps["store"], number: number | undefined, show: (row: number, align: Align) => void): void {
  const showNow = useEffectEvent(show);
  useEffect(() => {
    if (number === undefined) return;
    let isStill = true;
    void store.reveal(number).then(() => isStill && showNow(store.rowOf(number), "center"));
    return () => void (isStill = false);
  }, [store, number]);
}

/** Reads what has come into view, as soon as it stays there. */
function useWanted(store: LinesProps["store"], base: number, range: { startIndex: number; endIndex: number } | null) {
  const first = base + (range?.startIndex ?? 0);
  const last = base + (range?.endIndex ?? 0);
  const latest = useRef({ first, last });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  let missing = false;
  for (let row = first; row <= last; row++) missing ||= "number" in (store.at(row) ?? {});
  useEffect(() => {
    latest.current = { first, last };
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      store.want(latest.current.first, latest.current.last);
    }, REST_MS);
  }, [store, first, last, missing]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [store],
  );
}
