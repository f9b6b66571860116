import type { RunStep } from "@/api/runs";
import { toneOf } from "@/ui/status";
import { STATE_ICONS } from "@/ui/Status";
import { targetOf, toMatrix } from "./steps";
import classes from "./Steps.module.css";

interface Props {
  steps: readonly RunStep[];
  selected: number;
  onSelect: (place: number) => void;
}

/** Steps by targets, each cell in the colour of its state. */
export function MatrixView({ steps, selected, onSelect }: Props) {
  const { targets, rows } = toMatrix(steps);
  return (
    <div className={classes.scroller} role="region" aria-label="Steps by target" tabIndex={0}>
      <table className={classes.matrix}>
        <thead>
          <tr>
            <th scope="col">Step</th>
            {targets.map((target) => (
              <th key={target} scope="col" title={target}>
                {target}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              <th scope="row" title={row.name}>
                {row.name}
              </th>
              {row.cells.map((place, column) => (
                <td key={column}>
                  <Cell steps={steps} place={place} selected={selected} onSelect={onSelect} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ steps, place, selected, onSelect }: Props & { place: number | undefined }) {
  const step = place === undefined ? undefined : steps[place];
  if (!step || place === undefined) return <span className={classes.none}>·</span>;
  const words = `${step.name} on ${targetOf(step)}: ${step.status}`;
  const tone = toneOf(step.status);
  const Sign = STATE_ICONS[tone];
  return (
    <button
      type="button"
      className={classes.cell}
      data-tone={tone}
      aria-label={words}
      title={words}
      aria-current={place === selected ? "step" : undefined}
      onClick={() => onSelect(place)}
    >
      <Sign size={16} stroke={2.2} aria-hidden />
    </button>
  );
}
