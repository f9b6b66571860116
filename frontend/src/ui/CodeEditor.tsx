import { lazy, Suspense } from "react";
import { Loading } from "./states";

export interface CodeEditorProps {
  value: string;
  onChange?: (value: string) => void;
  /** What is written here, for those who do not see it. */
  label: string;
  language?: "yaml" | "text";
  readOnly?: boolean;
  /** Faults to be marked, by line, counted from 1. */
  faults?: readonly { line: number; message: string }[];
  /** Such as "24rem"; grows with its content unless given. */
  height?: string;
}

const Editor = lazy(() => import("./code/Editor"));

/** A text editor with line numbers, colours and marks at faults; loaded when it is needed. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Loading rows={8} />}>
      <Editor {...props} />
    </Suspense>
  );
}
