import { Autocomplete, Button, Select, TextInput } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Toolbar } from "@/ui/Toolbar";
import type { Filters } from "./api";
import classes from "./Audit.module.css";
import { fromField, toField } from "./moment";

/** Everything. */
export const NO_FILTER: Filters = { actor: "", action: "", outcome: "", object_kind: "", object_id: "", from: "", to: "" };

/** How actions start; others can be typed. */
const ACTIONS = ["user.", "session.", "login.", "credential.", "target.", "job.", "run.", "schedule.", "ports.", "conflict.", "backup."];

const OUTCOMES = [
  { value: "", label: "Any outcome" },
  { value: "ok", label: "Done" },
  { value: "denied", label: "Refused" },
  { value: "failed", label: "Failed" },
];

interface Props {
  filters: Filters;
  change: (changes: Partial<Filters>) => void;
  aside: ReactNode;
}

/** Which entries are shown; the ones that are rarely needed unfold. */
export function AuditFilters({ filters, change, aside }: Props) {
  const isUsed = [filters.object_kind, filters.object_id, filters.from, filters.to].some((value) => value !== "");
  const [unfolded, setUnfolded] = useState(isUsed);
  const text = (name: keyof Filters, label: string) => (
    <TextFilter label={label} value={filters[name]} change={(value) => change({ [name]: value })} />
  );
  return (
    <>
      <Toolbar aside={aside}>
        {text("actor", "Who (name or id)")}
        <TextFilter
          label="Action, or how it starts"
          value={filters.action}
          change={(action) => change({ action })}
          suggestions={ACTIONS}
        />
        <Select
          aria-label="Outcome"
          w={150}
          data={OUTCOMES}
          value={filters.outcome}
          onChange={(outcome) => change({ outcome: outcome ?? "" })}
        />
        <Button
          variant="default"
          leftSection={<IconFilter size={16} />}
          aria-expanded={unfolded}
          onClick={() => setUnfolded(!unfolded)}
        >
          {unfolded ? "Fewer filters" : "More filters"}
        </Button>
      </Toolbar>
      {unfolded && (
        <div className={classes.more}>
          {text("object_kind", "Kind, such as target")}
          {text("object_id", "Id of the object")}
          <Moment label="From" value={filters.from} change={(from) => change({ from })} />
          <Moment label="Before" value={filters.to} change={(to) => change({ to })} />
        </div>
      )}
    </>
  );
}

interface TextProps {
  label: string;
  value: string;
  change: (value: string) => void;
  suggestions?: string[];
}

/** A text of the filter. While it is typed the address follows too late for who types fast. */
function TextFilter({ label, value, change, suggestions }: TextProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const type = (text: string) => {
    setTyped(text);
    change(text);
  };
  const shared = {
    className: classes.field ?? "",
    "aria-label": label,
    placeholder: label,
    value: typed ?? value,
    onFocus: () => setTyped(value),
    onBlur: () => setTyped(null),
  };
  if (suggestions) return <Autocomplete {...shared} data={suggestions} onChange={type} />;
  return <TextInput {...shared} onChange={(event) => type(event.currentTarget.value)} />;
}

function Moment({ label, value, change }: { label: string; value: string; change: (value: string) => void }) {
  const [text, setText] = useState(toField(value));
  return (
    <label className={classes.moment}>
      {label}
      <TextInput
        type="datetime-local"
        value={value === fromField(text) ? text : toField(value)}
        onChange={(event) => {
          setText(event.currentTarget.value);
          change(fromField(event.currentTarget.value));
        }}
      />
    </label>
  );
}
