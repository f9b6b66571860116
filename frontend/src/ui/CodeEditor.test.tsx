import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, test } from "vitest";
import { CodeEditor, type CodeEditorProps } from "./CodeEditor";

afterEach(cleanup);
// Nothing is laid out here, so nothing can be scrolled to.
Element.prototype.scrollIntoView = () => undefined;

/** An editor within a page that keeps what is typed. */
function Kept({ start, ...props }: Partial<CodeEditorProps> & { start: string }) {
  const [value, setValue] = useState(start);
  return <CodeEditor label="Text" value={value} onChange={setValue} {...props} />;
}

function open(start: string, props: Partial<CodeEditorProps> = {}) {
  const { container } = render(<Kept start={start} {...props} />);
  const area = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Text" });
  /** The text as it is seen. */
  const seen = () => container.querySelector("[aria-hidden]")?.textContent;
  return { container, area, seen };
}

test("what is typed is seen below", () => {
  const { area, seen } = open("a: 1", { language: "yaml" });
  fireEvent.change(area, { target: { value: "a: 1\nb: [" } });
  expect(seen()).toBe("a: 1\nb: [\n");
});

test("Tab indents and Enter keeps the indentation", () => {
  const { area, seen } = open("a:\nb");
  area.setSelectionRange(3, 3);
  fireEvent.keyDown(area, { key: "Tab" });
  area.setSelectionRange(6, 6);
  fireEvent.keyDown(area, { key: "Enter" });
  expect(area.value).toBe("a:\n  b\n  ");
  expect(area.selectionStart).toBe(9);
  expect(seen()).toBe(`${area.value}\n`);
  fireEvent.keyDown(area, { key: "Tab", shiftKey: true });
  expect(area.value).toBe("a:\n  b\n");
});

test("after Escape, Tab leaves", () => {
  const { area } = open("a");
  const goesOn = (init: object) => fireEvent.keyDown(area, init);
  expect(goesOn({ key: "Tab" })).toBe(false);
  goesOn({ key: "Escape" });
  goesOn({ key: "Shift" });
  expect(goesOn({ key: "Tab", shiftKey: true })).toBe(true);
  expect(goesOn({ key: "Tab" })).toBe(false);
});

test("Tab leaves a text that is only read", () => {
  const { area } = open("a", { readOnly: true });
  expect(fireEvent.keyDown(area, { key: "Tab" })).toBe(true);
  expect(area.value).toBe("a");
});

test("faults are marked at their lines, and said where the caret is", () => {
  const faults = [{ line: 2, message: "no port" }, { line: 2, message: "no name" }, { line: 99, message: "no end" }];
  const { area, container } = open("a\nb\nc", { faults });
  const marked = [...container.querySelectorAll("[data-fault]")].map((line) => [line.textContent, line.getAttribute("title")]);
  expect(marked).toEqual([["b\n", "no port\nno name"], ["c\n", "no end"]]);
  expect(area.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByRole("status").textContent).toBe("");
  area.setSelectionRange(2, 2);
  fireEvent.select(area);
  expect(screen.getByRole("status").textContent).toBe("no port\nno name");
});

test("a text with other ends of lines is left alone", () => {
  const { area, seen } = open("a\r\nb");
  expect(area.value).toBe("a\nb");
  expect(seen()).toBe("a\nb\n");
});

test("a very long text is shown as it is", () => {
  const { area, seen } = open("a\n".repeat(200_000));
  expect(seen()).toBeUndefined();
  expect(area.value).toHaveLength(400_000);
});
