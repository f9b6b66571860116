import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type MouseEvent, useEffect, useEffectEvent, useMemo, useRef } from "react";
import type { AnsiStyle } from "@/ui/ansi";
import type { LinePlace } from "../steps";
import { type LogLine, type Match, type Piece, piecesOf } from "./lines";
import classes from "./Log.module.css";

/** Height of a line in pixels, unless it wraps. */
const LINE_HEIGHT = 20;
/** Space above the first line and below the last. */
const PADDING = 8;

interface Props {
  lines: readonly LogLine[];
  matches: readonly Match[];
  /** The match that is looked at. */
  current: number | undefined;
  wrap: boolean;
  follow: boolean;
  /** Whether the end is what people look for first. */
  startAtEnd: boolean;
  /** The person scrolled away from the end. */
  onLeaveEnd: () => void;
  place: LinePlace | null;
  linkTo: (line: LinePlace) => string;
  onPlace: (line: LinePlace) => void;
  label: string;
}

/** The lines. Only those that are seen are in the page. */
export function LogLines(props: Props) {
  const { lines, matches, current, wrap, place, label } = props;
  const { scroller, virtual, onScroll } = useLogWindow(props);
  const byLine = useMemo(() => groupByLine(matches), [matches]);
  const digits = String(Math.max(lines.length, 99)).length;
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      data-wrap={wrap || undefined}
      role="region"
      aria-label={label}
      tabIndex={0}
      onScroll={onScroll}
      style={{ "--digits": digits, "--content": `${virtual.getTotalSize()}px` }}
    >
      <div className={classes.lines} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index];
          if (!line) return null;
          return (
            <div
              key={item.key}
              ref={wrap ? virtual.measureElement : undefined}
              data-index={item.index}
              className={classes.line}
              data-stream={line.stream}
              data-placed={isAt(line, place) || undefined}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <LineNumber line={line} {...props} />
              <code className={classes.text}>
                {piecesOf(line, byLine.get(item.index) ?? []).map((piece, index) => (
                  <PieceView key={index} piece={piece} current={current} />
                ))}
              </code>
            </div>
          );
        })}
      </div>
    </div>
  );
}

type Numbered = Match & { number: number };

function groupByLine(matches: readonly Match[]): Map<number, Numbered[]> {
  const groups = new Map<number, Numbered[]>();
  for (const [number, match] of matches.entries()) {
    const group = groups.get(match.line);
    if (group) group.push({ ...match, number });
    else groups.set(match.line, [{ ...match, number }]);
  }
  return groups;
}

const isAt = (line: LinePlace, place: LinePlace | null): boolean =>
  place !== null && line.stream === place.stream && line.number === place.number;

/** Which lines are in view, and what brings others there. */
function useLogWindow({ lines, matches, current, follow, startAtEnd, onLeaveEnd, place }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
    paddingStart: PADDING,
    paddingEnd: PADDING,
  });
  const show = useEffectEvent((index: number, align: "center" | "end" | "auto") => virtual.scrollToIndex(index, { align }));
  const matched = current === undefined ? undefined : matches[current]?.line;
  const start = useEffectEvent(() => {
    if (startAtEnd && !place) show(lines.length - 1, "end");
  });
  useEffect(() => start(), []);
  useEffect(() => {
    if (matched === undefined) return;
    show(matched, "center");
    scroller.current?.scrollIntoView({ block: "nearest" });
  }, [matched, current]);
  const stream = place?.stream;
  const number = place?.number;
  const placed = lines.findIndex((line) => line.stream === stream && line.number === number);
  useEffect(() => {
    if (placed >= 0) show(placed, "center");
  }, [placed]);
  useEffect(() => {
    if (follow && lines.length > 0) show(lines.length - 1, "end");
  }, [follow, lines.length]);
  const onScroll = () => {
    const top = scroller.current?.scrollTop ?? 0;
    // Nothing but the person scrolls up.
    if (follow && top < lastTop.current - 4) onLeaveEnd();
    lastTop.current = top;
  };
  return { scroller, virtual, onScroll };
}

function LineNumber({ line, linkTo, onPlace }: Pick<Props, "linkTo" | "onPlace"> & { line: LogLine }) {
  const follow = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onPlace({ stream: line.stream, number: line.number });
  };
  const stream = line.stream === "err" ? "standard error" : "standard output";
  return (
    <a
      className={classes.number}
      href={linkTo(line)}
      onClick={follow}
      // Thousands of links would stand in the way of the keyboard.
      tabIndex={-1}
      aria-label={`Line ${line.number} of ${stream}`}
      data-number={line.number}
    />
  );
}

function PieceView({ piece: { text, style, mark }, current }: { piece: Piece; current: number | undefined }) {
  const looks = cssOf(style);
  if (mark !== undefined) {
    return (
      <mark className={classes.mark} data-current={mark === current || undefined}>
        {text}
      </mark>
    );
  }
  return looks ? <span style={looks}>{text}</span> : text;
}

const colour = (value: number | string | undefined): string | undefined =>
  typeof value === "number" ? `var(--opsc-ansi-${value})` : value;

/** A look as CSS; nothing for plain text. */
function cssOf(style: AnsiStyle): CSSProperties | undefined {
  if (Object.keys(style).length === 0) return undefined;
  let [front, back] = [colour(style.fg), colour(style.bg)];
  if (style.inverse) [front, back] = [back ?? "var(--opsc-surface)", front ?? "var(--mantine-color-text)"];
  return {
    color: front,
    backgroundColor: back,
    fontWeight: style.bold && 700,
    opacity: style.dim && 0.75,
    fontStyle: style.italic && "italic",
    textDecoration: [style.underline && "underline", style.strike && "line-through"].filter(Boolean).join(" ") || undefined,
  };
}
