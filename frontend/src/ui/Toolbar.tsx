import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
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
  const [typed, type, settle] = useTyped(value, onChange);
  return (
    <TextInput
      className={classes.search}
      size="sm"
      type="search"
      data-search-box
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={15} />}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
      onBlur={settle}
      rightSection={typed && <CloseButton size="sm" aria-label="Clear the search" onClick={() => type("")} />}
    />
  );
}

/** A text that shows at once. The address follows a moment later, too late for who types fast. */
function useTyped(value: string, onChange: (value: string) => void): [string, (text: string) => void, () => void] {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  // What was given out and has not come back yet.
  const [sent, setSent] = useState<readonly string[]>([]);
  if (value !== seen) {
    setSeen(value);
    const place = sent.indexOf(value);
    setSent(sent.slice(place + 1));
    if (place < 0) setTyped(value);
  }
  const type = (text: string) => {
    setTyped(text);
    setSent([...sent, text]);
    onChange(text);
  };
  return [typed, type, () => setSent([])];
}

/** Whether any of the texts holds what was searched, without regard to case. */
export function holds(search: string, ...texts: (string | null | undefined)[]): boolean {
  const wanted = search.trim().toLowerCase();
  return wanted === "" || texts.some((text) => text?.toLowerCase().includes(wanted));
}
