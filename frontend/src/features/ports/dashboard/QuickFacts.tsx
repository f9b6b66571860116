import { Link } from "react-router";
import { Fact, Facts } from "@/ui/Panel";
import { Time } from "@/ui/Time";
import { type Service, useListeners, useNextFree } from "../api";
import { inSuite } from "../suites";
import { usageOf } from "./CategoryBars";
import classes from "./Dashboard.module.css";
import { timeOf, useRecentEvents, wordsOf } from "./events";

/** What operators ask for most. */
export function QuickFacts({ suite, services }: { suite: string; services: readonly Service[] }) {
  const next = useNextFree(suite);
  const listeners = useListeners();
  const { data: events } = useRecentEvents();
  const change = events?.find((event) => event.type === "port_change" && event.suite === suite);
  const [most] = usageOf(services);
  return (
    <Facts>
      <Fact label="Next free port">
        <b>{next.isPending ? "…" : (next.data ?? "none: all are taken")}</b>
      </Fact>
      <Fact label="Last change">
        {change?.type === "port_change" ? (
          <>
            <Time at={timeOf(change)} />
            <div className={classes.text}>
              <Link to={inSuite(`/ports/assignments?q=${encodeURIComponent(change.service_id)}`, suite)}>{change.service_id}</Link>{" "}
              {wordsOf(change)}
            </div>
          </>
        ) : (
          "none lately"
        )}
      </Fact>
      <Fact label="Last scan of the sockets">
        <Time at={listeners.data?.scanned_at} none={listeners.isPending ? "…" : "never"} />
      </Fact>
      <Fact label="Most used category">{most ? `${most.category} (${most.ports})` : "none"}</Fact>
    </Facts>
  );
}
