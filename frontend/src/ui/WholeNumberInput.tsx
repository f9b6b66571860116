import { TextInput, type TextInputProps } from "@mantine/core";
import type { KeyboardEvent } from "react";

interface Props extends Omit<TextInputProps, "value" | "defaultValue" | "onChange" | "min" | "max"> {
  value?: number | string;
  /** Gets a number, nothing, or a lone minus that waits for its digits. */
  onChange: (value: number | "" | "-") => void;
  /** The arrow keys stop here; what is typed is left to the checks of the form. */
  min?: number;
  max?: number;
}

/** The number that a text stands for, without all that is no part of one. */
export function wholeNumber(text: string): number | "" | "-" {
  const digits = text.replace(/\D/g, "").slice(0, 15);
  const sign = /^\s*-/.test(text) ? "-" : "";
  return digits === "" ? sign : Number(sign + digits);
}

/** A field for a whole number. Arrow up and arrow down step through the numbers. */
export function WholeNumberInput({ value = "", onChange, min = -Infinity, max = Infinity, ...field }: Props) {
  const step = (event: KeyboardEvent) => {
    const by = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const from = wholeNumber(String(value));
    const next = typeof from === "number" ? from + by : Math.max(min, 0);
    onChange(Math.min(Math.max(next, min), max));
  };
  return (
    <TextInput
      {...field}
      inputMode="numeric"
      autoComplete="off"
      value={String(value)}
      onChange={(event) => onChange(wholeNumber(event.currentTarget.value))}
      onKeyDown={step}
    />
  );
}
