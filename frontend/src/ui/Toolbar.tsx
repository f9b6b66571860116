import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./Toolbar.module.css";

/** Filters above a list. */
export function Toolbar({ children, aside }: { children: ReactNode; aside?: ReactNode }) {
  return (
    <div className={classes.toolbar} role="search">
      <div className={classes.filters}>{children}</div>
      {aside && <div className={classes.aside}>{aside}</div>}
    </div>
  );
}

interface SearchProps {
  /** What is searched, such as "Search targets". */
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** Text that rows have to hold. The key / leads here. */
export function SearchBox({ label, value, onChange }: SearchProps) {
  return (
    <TextInput
      className={classes.search}
      size="sm"
      type="search"
      data-search-box
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={15} />}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSection={value && <CloseButton size="sm" aria-label="Clear the search" onClick={() => onChange("")} />}
    />
  );
}

/** Whether any of the texts holds what was searched, without regard to case. */
export function holds(search: string, ...texts: (string | null | undefined)[]): boolean {
  const wanted = search.trim().toLowerCase();
  return wanted === "" || texts.some((text) => text?.toLowerCase().includes(wanted));
}
