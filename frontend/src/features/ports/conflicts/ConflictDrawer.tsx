import { Button, Drawer } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { toProblem } from "@/api/problem";
import { useRole } from "@/api/session";
import { tellDone, tellProblem } from "@/ui/feedback";
import { Fact, Facts } from "@/ui/Panel";
import { Empty, Loaded } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { useFilters } from "@/ui/url";
import { inSuite } from "../suites";
import { type Conflict, useConflictActions, useConflictHistory, useConflicts, useResolutionPlan } from "./api";
import classes from "./Conflicts.module.css";
import { readEvidence } from "./evidence";
import { NoteDialog } from "./NoteDialog";
import { WORDS } from "./words";

/** The conflict that the address names, with all that is known of it. */
export function ConflictDrawer({ suite }: { suite: string }) {
  const [{ conflict: fingerprint }, change] = useFilters({ conflict: "" });
  const now = useConflicts(suite);
  const present = now.data?.find((one) => one.fingerprint === fingerprint);
  const isPast = fingerprint !== "" && now.data !== undefined && !present;
  const history = useConflictHistory(suite, isPast);
  const found = present ?? (isPast ? history.data?.find((one) => one.fingerprint === fingerprint) : undefined);
  return (
    <Drawer
      opened={fingerprint !== ""}
      onClose={() => change({ conflict: "" })}
      position="right"
      size="lg"
      title={<b>{found ? (WORDS[found.type]?.title ?? found.type) : "Conflict"}</b>}
    >
      {found ? (
        <Details conflict={found} suite={suite} isOver={isPast} />
      ) : (
        <Loaded query={isPast ? history : now}>
          {() => <Empty title="This conflict is over">Nothing is known of it any more.</Empty>}
        </Loaded>
      )}
    </Drawer>
  );
}

interface Props {
  conflict: Conflict;
  suite: string;
  /** It was not found by the last look. */
  isOver: boolean;
}

function Details({ conflict, suite, isOver }: Props) {
  const words = WORDS[conflict.type];
  const seen = readEvidence(conflict.evidence);
  return (
    <div className={classes.drawer}>
      <div className={classes.states}>
        <Status state={conflict.severity} label={`${conflict.severity} severity`} />
        <Status state={isOver ? "resolved" : conflict.state} label={isOver ? "not found any more" : conflict.state} />
      </div>
      <div className={classes.said}>{conflict.detail}</div>
      <Said conflict={conflict} />
      <Facts>
        <Fact label="Port">{conflict.port ?? "–"}</Fact>
        <Fact label="Services">
          {conflict.services.length === 0 && "–"}
          {conflict.services.map((name) => (
            <div key={name}>
              <Link to={inSuite(`/ports/services?q=${encodeURIComponent(name)}`, suite)}>{name}</Link>
            </div>
          ))}
        </Fact>
        <Fact label="Since">
          <Time at={conflict.first_seen} />
        </Fact>
        {isOver && (
          <>
            <Fact label="Seen last">
              <Time at={conflict.last_seen} />
            </Fact>
            <Fact label="Over">
              <Time at={conflict.resolved_at} none="not for sure yet" />
            </Fact>
          </>
        )}
      </Facts>
      {seen.length > 0 && (
        <Part title="What was seen">
          <Facts>
            {seen.map(({ label, value, isTime }) => (
              <Fact key={label} label={label}>
                {isTime ? <Time at={value} /> : value}
              </Fact>
            ))}
          </Facts>
        </Part>
      )}
      {words && (
        <>
          <Part title="What it means">
            <p>{words.meaning}</p>
          </Part>
          <Part title="What helps">
            <p>{words.help}</p>
          </Part>
        </>
      )}
      {!isOver && <WayOut conflict={conflict} suite={suite} />}
      {!isOver && <Opinions conflict={conflict} suite={suite} />}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.part}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** What somebody wrote about it. */
function Said({ conflict }: { conflict: Conflict }) {
  if (!conflict.noted_by) return null;
  return (
    <div>
      {conflict.note && <div className={classes.note}>{conflict.note}</div>}
      <div className={classes.by}>
        {conflict.state === "suppressed" ? "Suppressed" : "Acknowledged"} by {conflict.noted_by}
      </div>
    </div>
  );
}

/** Moves of the proposed plan that concern this conflict. */
function WayOut({ conflict, suite }: { conflict: Conflict; suite: string }) {
  const mayPlan = useRole("operator");
  const plan = useResolutionPlan(suite, mayPlan);
  const moves = plan.data?.resolutions.filter((move) => conflict.services.includes(move.service)) ?? [];
  if (moves.length === 0) return null;
  return (
    <Part title="The proposed plan">
      {moves.map((move) => (
        <p key={move.service}>
          <b>{move.service}</b> moves to {move.new_port}, because {move.reason}.
        </p>
      ))}
    </Part>
  );
}

/** What a person can say about it. */
function Opinions({ conflict, suite }: { conflict: Conflict; suite: string }) {
  const { note } = useConflictActions(suite);
  const [saying, setSaying] = useState<"acknowledged" | "suppressed" | null>(null);
  if (!useRole("operator")) return null;
  const reopen = () =>
    note(conflict.fingerprint, "open", "")
      .then(() => tellDone("The conflict is open again"))
      .catch((failure: unknown) => tellProblem(toProblem(failure)));
  return (
    <div className={classes.buttons}>
      {conflict.state === "open" ? (
        <Button variant="default" onClick={() => setSaying("acknowledged")}>
          Acknowledge
        </Button>
      ) : (
        <Button variant="default" onClick={() => void reopen()}>
          Reopen
        </Button>
      )}
      {conflict.state !== "suppressed" && (
        <Button variant="default" onClick={() => setSaying("suppressed")}>
          Suppress
        </Button>
      )}
      {saying && <NoteDialog conflict={conflict} suite={suite} state={saying} onClose={() => setSaying(null)} />}
    </div>
  );
}
