import { IconArrowRight } from "@tabler/icons-react";
import { Status } from "@/ui/Status";
import type { Resolution } from "./api";
import classes from "./Conflicts.module.css";

/** What is known of a move. */
type MoveState = "moving" | "moved" | "failed" | "unknown";
const TONES = { moving: "busy", moved: "good", failed: "bad", unknown: "warn" } as const;

/** Moves that are shown; a plan with more is told by its first ones. */
const SHOWN = 500;

interface Props {
  moves: readonly Resolution[];
  state?: (move: Resolution) => MoveState;
}

/** Moves in their order, each with its reason, or how it went. */
export function Moves({ moves, state }: Props) {
  const turns = Math.max(...moves.map((move) => move.wave)) + 1;
  return (
    <ol className={classes.moves} tabIndex={0} aria-label="Moves">
      {moves.slice(0, SHOWN).map((move) => {
        const now = state?.(move);
        return (
          <li key={move.service}>
            <div className={classes.move}>
              <b>{move.service}</b>
              <span className={classes.ports}>
                {move.old_port ?? "no port"}
                <IconArrowRight size={14} aria-label="to" />
                {move.new_port}
              </span>
              {now && <Status state={now} tone={TONES[now]} />}
            </div>
            <div className={classes.detail}>
              {now === "moved" || now === "failed" ? move.message : `because ${move.reason}`}
              {turns > 1 && ` (turn ${move.wave + 1} of ${turns})`}
            </div>
          </li>
        );
      })}
      {moves.length > SHOWN && <li>and {moves.length - SHOWN} more</li>}
    </ol>
  );
}
