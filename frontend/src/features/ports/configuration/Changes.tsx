import { IconArrowRight } from "@tabler/icons-react";
import type { Plan, Restored } from "./api";
import classes from "./Configuration.module.css";

/** Changes that are shown; of more, the first ones. */
const SHOWN = 500;

/** Whether nothing would be different. */
export const isNothing = ({ changes, reserved, unreserved }: Restored): boolean =>
  changes.length + reserved.length + unreserved.length === 0;

/** Services and the ports that they had and get. */
export function Changes({ changes }: { changes: Restored["changes"] }) {
  if (changes.length === 0) return null;
  return (
    <ul className={classes.changes} tabIndex={0} aria-label="Ports that change">
      {changes.slice(0, SHOWN).map(({ service_id, old_port, new_port }) => (
        <li key={service_id}>
          <b>{service_id}</b>
          <span className={classes.ports}>
            {old_port ?? "no port"}
            <IconArrowRight size={14} aria-label="to" />
            {new_port ?? "no port"}
          </span>
        </li>
      ))}
      {changes.length > SHOWN && <li>and {changes.length - SHOWN} more</li>}
    </ul>
  );
}

/** Ports that become reserved, and that are no more. */
export function Reservations({ reserved, unreserved }: Pick<Plan, "reserved" | "unreserved">) {
  return (
    <>
      {reserved.length > 0 && (
        <div className={classes.reserved}>
          Becomes reserved: <b>{reserved.join(", ")}</b>
        </div>
      )}
      {unreserved.length > 0 && (
        <div className={classes.reserved}>
          Reserved no more: <b>{unreserved.join(", ")}</b>
        </div>
      )}
    </>
  );
}
