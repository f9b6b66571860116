import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconLoader2,
  type Icon,
} from "@tabler/icons-react";
import classes from "./Status.module.css";
import { toneOf, type Tone } from "./status";

/** The sign of each tone. */
export const STATE_ICONS: Record<Tone, Icon> = {
  good: IconCircleCheck,
  bad: IconCircleX,
  warn: IconAlertTriangle,
  busy: IconLoader2,
  idle: IconCircleDashed,
};

interface Props {
  /** The state as the services name it. */
  state: string;
  /** What people read; the state itself unless given. */
  label?: string;
  tone?: Tone;
}

/** A state: icon, word and colour, so that none of them is needed alone. */
export function Status({ state, label, tone = toneOf(state) }: Props) {
  const Sign = STATE_ICONS[tone];
  return (
    <span className={classes.status} data-tone={tone}>
      <Sign size={14} stroke={2.2} aria-hidden className={classes.icon} />
      <span>{label ?? state.replaceAll("_", " ")}</span>
    </span>
  );
}
