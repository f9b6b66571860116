import { type KeyboardEvent, type SyntheticEvent, useId, useMemo, useRef, useState } from "react";
import classes from "./code/Editor.module.css";
import { Lines } from "./code/Lines";
import { plainLines, yamlLines } from "./code/colours";
import { apply, breakLine, dedent, indent } from "./code/typing";

/** Longer texts, in characters, have no colours, which would make typing slow. */
const MAX_COLOURED = 100_000;
/** Still longer ones have no numbers either. */
const MAX_NUMBERED = 300_000;

interface Fault {
  line: number;
  message: string;
}

export interface CodeEditorProps {
  value: string;
  onChange?: (value: string) => void;
  /** What is written here, for those who do not see it. */
  label: string;
  language?: "yaml" | "text";
  readOnly?: boolean;
  /** Faults to be marked, by line, counted from 1. */
  faults?: readonly Fault[];
  /** Such as "24rem"; grows with its content unless given. */
  height?: string;
}

/** A text editor with line numbers, colours and marks at faults: a text area above the same text in colours. */
export function CodeEditor({ value, onChange, label, language = "text", readOnly = false, faults, height }: CodeEditorProps) {
  // A text area has no other ends of lines; a text that differs from it would be written into it again and again.
  const text = useMemo(() => value.replaceAll(/\r\n?/g, "\n"), [value]);
  const lines = useMemo(() => linesOf(text, language), [text, language]);
  const messages = useMemo(() => byLine(faults ?? [], text), [faults, text]);
  const [current, setCurrent] = useState<number | null>(null);
  const onKeyDown = useKeys(readOnly);
  const id = useId();
  const follow = ({ currentTarget: area }: SyntheticEvent<HTMLTextAreaElement>) => setCurrent(lineAt(area.value, area.selectionEnd));
  return (
    <div className={classes.editor} style={{ height }} data-read-only={readOnly || undefined}>
      <div className={classes.scroller}>
        <div className={classes.sheet} data-plain={!lines || undefined} style={{ "--digits": Math.max(2, String(lines?.length ?? 0).length) }}>
          {lines && <Lines lines={lines} messages={messages} current={current} />}
          <textarea
            className={classes.text}
            aria-label={label}
            aria-describedby={id}
            aria-invalid={messages.size > 0 || undefined}
            value={text}
            readOnly={readOnly}
            rows={1}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            autoCorrect="off"
            onChange={(event) => onChange?.(event.currentTarget.value)}
            onKeyDown={onKeyDown}
            onSelect={follow}
            onFocus={follow}
            onBlur={() => setCurrent(null)}
          />
        </div>
      </div>
      <div id={id} hidden>
        {readOnly ? "" : "Tab indents. Escape, then Tab leaves the editor."}
      </div>
      <div role="status" className={classes.message}>
        {current !== null && messages.get(current)}
      </div>
    </div>
  );
}

function linesOf(text: string, language: "yaml" | "text") {
  if (text.length > MAX_NUMBERED) return null;
  return language === "yaml" && text.length <= MAX_COLOURED ? yamlLines(text) : plainLines(text);
}

/** What is wrong, by line; a fault beyond the end is one of the last line. */
function byLine(faults: readonly Fault[], text: string): ReadonlyMap<number, string> {
  const messages = new Map<number, string>();
  if (faults.length === 0) return messages;
  const last = lineAt(text, text.length);
  for (const { line, message } of faults) {
    const place = Math.min(Math.max(line, 1), last);
    const before = messages.get(place);
    messages.set(place, before === undefined ? message : `${before}\n${message}`);
  }
  return messages;
}

/** The line of a place, counted from 1. */
function lineAt(text: string, place: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < place; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** Tab and Enter keep the text indented; after Escape, Tab leaves as it does elsewhere. */
function useKeys(readOnly: boolean) {
  const isLeaving = useRef(false);
  return (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const { key, shiftKey, currentTarget: area } = event;
    const leaves = isLeaving.current;
    isLeaving.current = key === "Escape" || (key === "Shift" && leaves);
    if (readOnly || event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing) return;
    const at = [area.value, area.selectionStart, area.selectionEnd] as const;
    const tab = shiftKey ? dedent : indent;
    const edit = key === "Tab" && !leaves ? tab(...at) : key === "Enter" && !shiftKey ? breakLine(...at) : null;
    if (edit || (key === "Tab" && !leaves)) event.preventDefault();
    if (!edit) return;
    apply(area, edit);
    reveal(area);
  };
}

/** Scrolls to the caret, as the browser does after what people type, but not after what is typed for them. */
function reveal(area: HTMLTextAreaElement): void {
  requestAnimationFrame(() => {
    const rows = area.previousElementSibling?.children;
    rows?.[lineAt(area.value, area.selectionEnd) - 1]?.scrollIntoView({ block: "nearest" });
  });
}
