import { Select } from "@mantine/core";
import classes from "./FilterSelect.module.css";

interface Props {
  /** What is chosen, such as "Category". */
  label: string;
  /** What stands there while nothing is chosen, such as "All categories". */
  all: string;
  options: readonly string[];
  value: string;
  onChange: (value: string) => void;
}

/** One value that rows have to have, or any. */
export function FilterSelect({ label, all, options, value, onChange }: Props) {
  const known = value === "" || options.includes(value) ? options : [value, ...options];
  const data = [{ value: "", label: all }, ...known.map((one) => ({ value: one, label: one }))];
  return <Select aria-label={label} data={data} value={value} onChange={(next) => onChange(next ?? "")} className={classes.select} />;
}
