/** The editor itself: CodeMirror in a shadow root, where its styles are no styles of the page. */

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useEffectEvent, useRef } from "react";
import type { CodeEditorProps } from "../CodeEditor";
import classes from "./Editor.module.css";

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--opsc-busy)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--opsc-good)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--opsc-warn)" },
  { tag: [tags.comment, tags.meta], color: "var(--opsc-soft)", fontStyle: "italic" },
]);

const looks = EditorView.theme({
  "&": { color: "inherit", fontSize: "0.8125rem", height: "100%", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "currentColor", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "currentColor" },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--opsc-soft)" },
  ".cm-activeLine": { backgroundColor: "var(--opsc-raised)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--opsc-busy-ground) !important" },
  ".cm-tooltip": { backgroundColor: "var(--opsc-surface)", border: "1px solid var(--opsc-line)", borderRadius: "6px" },
});

/** What can change after the editor was made. */
const reading = new Compartment();

export default function Editor({ value, onChange, label, language = "text", readOnly = false, faults, height }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const changed = useEffectEvent((text: string) => onChange?.(text));
  const start = useEffectEvent((root: ShadowRoot) => {
    const parts: Extension[] = [
      lineNumbers(),
      history(),
      highlightActiveLine(),
      // Escape, then Tab leaves the editor by keyboard.
      keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
      language === "yaml" ? yaml() : [],
      syntaxHighlighting(colours),
      looks,
      lintGutter(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label }),
      reading.of(readingOnly(readOnly)),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed(update.state.doc.toString());
      }),
    ];
    return new EditorView({ parent: root, root, state: EditorState.create({ doc: value, extensions: parts }) });
  });

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    const made = start(root);
    view.current = made;
    element.addEventListener("keydown", keepLetters);
    return () => {
      element.removeEventListener("keydown", keepLetters);
      made.destroy();
    };
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const before = editor.state.doc.toString();
    if (before !== value) editor.dispatch({ changes: { from: 0, to: before.length, insert: value } });
  }, [value]);
  useEffect(() => {
    view.current?.dispatch({ effects: reading.reconfigure(readingOnly(readOnly)) });
  }, [readOnly]);
  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, marks(editor, faults ?? [])));
  }, [faults, value]);

  return <div ref={host} className={classes.editor} style={{ height }} data-read-only={readOnly || undefined} />;
}

/** What is typed here is no key of the page, which cannot see that an editor is in the shadow root. */
function keepLetters(event: KeyboardEvent): void {
  if (!event.ctrlKey && !event.metaKey && event.key !== "Escape") event.stopPropagation();
}

const readingOnly = (on: boolean): Extension => [EditorState.readOnly.of(on), EditorView.editable.of(!on)];

function marks(editor: EditorView, faults: readonly { line: number; message: string }[]): Diagnostic[] {
  const { doc } = editor.state;
  return faults.map(({ line, message }) => {
    const place = doc.line(Math.min(Math.max(line, 1), doc.lines));
    return { from: place.from, to: place.to, severity: "error", message };
  });
}
