import { IconPlugConnectedX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { StreamState } from "@/live/runs";
import classes from "./Runs.module.css";

/** Milliseconds that a connection may be away before it is worth a word. */
const PATIENCE_MS = 1_500;

/** Says that events do not come in at the moment. */
export function LiveSign({ state }: { state: StreamState }) {
  const [late, setLate] = useState(false);
  const lost = state === "lost";
  useEffect(() => {
    if (!lost) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [lost]);
  return (
    <div role="status" className={classes.sign}>
      {lost && late && (
        <div className={classes.lost}>
          <IconPlugConnectedX size={18} aria-hidden />
          <span>Live updates are interrupted. The page looks every few seconds, and goes on live by itself.</span>
        </div>
      )}
    </div>
  );
}
