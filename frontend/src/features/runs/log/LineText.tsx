import type { CSSProperties } from "react";
import type { AnsiStyle } from "@/ui/ansi";
import { type LogLine, piecesOf } from "./lines";
import classes from "./Log.module.css";

/** The text of a line, with its colours and what was found in it. */
export function LineText({ line, search, isCurrent }: { line: LogLine; search: string; isCurrent: boolean }) {
  return (
    <code className={classes.text}>
      {piecesOf(line, search).map(({ text, style, isHit }, index) =>
        isHit ? (
          <mark key={index} className={classes.mark} data-current={isCurrent || undefined}>
            {text}
          </mark>
        ) : (
          <span key={index} style={cssOf(style)}>
            {text}
          </span>
        ),
      )}
      {line.cut && (
        <span className={classes.cut} title="Some of this line is missing">
          {" "}
          … cut
        </span>
      )}
    </code>
  );
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
