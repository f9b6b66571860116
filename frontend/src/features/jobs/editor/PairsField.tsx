import { Textarea } from "@mantine/core";
import { useState } from "react";
import { isObject } from "../definition";
import classes from "./Editor.module.css";

const write = (value: unknown): string =>
  isObject(value)
    ? Object.entries(value)
        .map(([name, one]) => `${name}=${String(one)}`)
        .join("\n")
    : "";

function read(text: string): Record<string, string> | undefined {
  const pairs = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): [string, string] => {
      const at = line.indexOf("=");
      return at < 0 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1)];
    });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

interface Props {
  label: string;
  value: unknown;
  error: string | undefined;
  onChange: (value: Record<string, string> | undefined) => void;
}

/** Names with their texts, a line for each. */
export function PairsField({ label, value, error, onChange }: Props) {
  const [typed, setTyped] = useState(() => write(value));
  // What is half typed stays, unless the value was changed elsewhere.
  const text = write(read(typed)) === write(value) ? typed : write(value);
  return (
    <Textarea
      label={label}
      description="A line for each, as name=value"
      autosize
      minRows={2}
      maxRows={12}
      spellCheck={false}
      classNames={{ input: classes.code ?? "" }}
      value={text}
      error={error}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(read(event.currentTarget.value));
      }}
    />
  );
}
