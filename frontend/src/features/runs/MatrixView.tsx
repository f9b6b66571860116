import { Button, Checkbox } from "@mantine/core";
import { useMemo } from "react";
import type { RunStep } from "@/api/runs";
import { count } from "@/ui/format";
import { NoMatch } from "@/ui/states";
import { STATE_ICONS } from "@/ui/Status";
import { type Tone, toneOf } from "@/ui/status";
import { SearchBox, Toolbar } from "@/ui/Toolbar";
import { useAddress } from "./address";
import { countStates, pickRows, toMatrix } from "./matrix";
import { MatrixGrid } from "./MatrixGrid";
import classes from "./Matrix.module.css";

interface Props {
  steps: readonly RunStep[];
  selected: number;
  onSelect: (place: number) => void;
}

/** Targets by steps, filtered by state and name. */
export function MatrixView({ steps, selected, onSelect }: Props) {
  const { filter, change } = useAddress();
  const matrix = useMemo(() => toMatrix(steps), [steps]);
  const states = useMemo(() => countStates(matrix.rows), [matrix]);
  const rows = useMemo(() => pickRows(matrix.rows, filter), [matrix, filter]);
  const clear = () => change({ state: "", find: "" });
  return (
    <div className={classes.view}>
      <Toolbar
        aside={
          <Checkbox
            size="xs"
            label="Trouble first"
            checked={filter.order === "trouble"}
            onChange={(event) => change({ order: event.currentTarget.checked ? "trouble" : "" })}
          />
        }
      >
        <SearchBox label="Find a target" value={filter.find} onChange={(find) => change({ find })} />
        <div className={classes.counts} role="group" aria-label="Targets by state">
          <Count label={count(matrix.rows.length, "target")} on={filter.state === ""} onClick={() => change({ state: "" })} />
          {states.map(([state, targets]) => (
            <Count
              key={state}
              state={state}
              label={`${targets} ${state}`}
              on={filter.state === state}
              onClick={() => change({ state: filter.state === state ? "" : state })}
            />
          ))}
        </div>
      </Toolbar>
      {rows.length === 0 ? (
        <NoMatch clear={clear} />
      ) : (
        <MatrixGrid columns={matrix.columns} rows={rows} steps={steps} selected={selected} onSelect={onSelect} />
      )}
    </div>
  );
}

/** So many targets are in this state; a click shows only those. */
function Count({ state, label, on, onClick }: { state?: string; label: string; on: boolean; onClick: () => void }) {
  const tone = state === undefined ? undefined : toneOf(state);
  return (
    <Button
      size="compact-sm"
      radius="xl"
      variant="default"
      className={classes.count ?? ""}
      data-tone={tone}
      aria-pressed={on}
      leftSection={tone && <ToneSign tone={tone} />}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}

function ToneSign({ tone }: { tone: Tone }) {
  const Sign = STATE_ICONS[tone];
  return <Sign size={14} stroke={2.2} aria-hidden />;
}
