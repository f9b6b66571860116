import { IconAlertTriangle, IconArrowsExchange, IconHeartbeat, type Icon } from "@tabler/icons-react";
import { Link } from "react-router";
import type { ToldEvent } from "@/live/ports";
import { Empty, Loaded } from "@/ui/states";
import { toneOf } from "@/ui/status";
import { Time } from "@/ui/Time";
import { inSuite } from "../suites";
import classes from "./RecentEvents.module.css";
import { timeOf, useRecentEvents, wordsOf } from "./events";

/** Events that are shown. */
const SHOWN = 40;

const ICONS: Record<ToldEvent["type"], Icon> = {
  port_change: IconArrowsExchange,
  service_status: IconHeartbeat,
  conflicts_detected: IconAlertTriangle,
};

/** What happened lately in a suite; new events come in by themselves. */
export function RecentEvents({ suite }: { suite: string }) {
  const events = useRecentEvents();
  return (
    <Loaded query={events}>
      {(all) => {
        const own = all.filter((event) => event.suite === suite).slice(0, SHOWN);
        if (own.length === 0) return <Empty title="Nothing happened lately">Moves, changes of health and conflicts show here.</Empty>;
        return (
          <ol className={classes.events} aria-label="Recent events" tabIndex={0}>
            {own.map((event) => (
              <Row key={event.seq} event={event} suite={suite} />
            ))}
          </ol>
        );
      }}
    </Loaded>
  );
}

function Row({ event, suite }: { event: ToldEvent; suite: string }) {
  const Sign = ICONS[event.type];
  return (
    <li className={classes.event}>
      <Sign size={16} stroke={1.8} aria-hidden className={classes.icon} data-tone={toneIn(event)} />
      <span className={classes.words}>
        {event.type !== "conflicts_detected" && (
          <Link to={inSuite(`/ports/services?q=${encodeURIComponent(event.service_id)}`, suite)}>{event.service_id}</Link>
        )}{" "}
        {wordsOf(event)}
        <span className={classes.more}> · {whyOf(event)}</span>
      </span>
      <span className={classes.time}>
        <Time at={timeOf(event)} />
      </span>
    </li>
  );
}

/** Who or what brought it about. */
function whyOf(event: ToldEvent): string {
  if (event.type === "service_status") return event.detail ?? event.actor;
  if (event.type === "port_change" && event.reason) return `${event.reason}, by ${event.actor}`;
  return `by ${event.actor}`;
}

function toneIn(event: ToldEvent): string {
  if (event.type === "service_status") return toneOf(event.status);
  if (event.type === "conflicts_detected") return event.count > 0 ? "warn" : "good";
  return "busy";
}
