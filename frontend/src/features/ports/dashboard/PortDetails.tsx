import { Alert, Button, Drawer, Group, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { type Problem, toProblem } from "@/api/problem";
import { useRole } from "@/api/session";
import { ProblemAlert, tellDone } from "@/ui/feedback";
import { useReturnFocus } from "@/ui/focus";
import { Fact, Facts } from "@/ui/Panel";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import type { Tone } from "@/ui/status";
import { type Listener, type ServiceStatus, usePortActions } from "../api";
import { inSuite } from "../suites";
import classes from "./Dashboard.module.css";
import { type Cell, type CellState, programOf, STATE_WORDS } from "./cells";

const TONES: Record<CellState, Tone> = {
  free: "idle",
  listening: "good",
  silent: "warn",
  reserved: "busy",
  stranger: "warn",
  conflict: "bad",
};

interface Props {
  suite: string;
  cell: Cell;
  statuses: readonly ServiceStatus[];
  onClose: () => void;
}

/** All that is known of one port. */
export function PortDetails({ suite, cell, statuses, onClose }: Props) {
  const { port, state, services, listener, conflicts, reservation } = cell;
  const operator = useRole("operator");
  useReturnFocus();
  return (
    <Drawer opened onClose={onClose} position="right" size="md" title={`Port ${port}`}>
      <Stack>
        <div>
          <Status state={state} label={STATE_WORDS[state]} tone={TONES[state]} />
        </div>
        {conflicts.map((conflict) => (
          <Alert key={conflict.fingerprint} color="red" variant="light" title={conflict.type.replaceAll("_", " ")}>
            <span className={classes.text}>
              {conflict.detail} <Link to={inSuite("/ports/conflicts", suite)}>See the conflicts</Link>
            </span>
          </Alert>
        ))}
        {services.map((service) => (
          <Facts key={service.service_id}>
            <Fact label="Service">
              <Link to={inSuite(`/ports/services?q=${encodeURIComponent(service.service_id)}`, suite)}>{service.title}</Link>
            </Fact>
            <Fact label="Category">{service.category}</Fact>
            <Fact label="Health">
              <Health status={statuses.find((one) => one.service_id === service.service_id)} />
            </Fact>
            <Fact label="Port after a reset">{service.default_port ?? "none"}</Fact>
          </Facts>
        ))}
        <Facts>
          <Fact label="Who listens">{listener ? programOf(listener) : "nobody on this machine"}</Fact>
          {listener && <ListenerFacts listener={listener} />}
          {reservation && <Fact label="Reserved because">{reservation.reason || "no reason given"}</Fact>}
        </Facts>
        {services.length > 0 && (
          <Link to={inSuite(`/ports/assignments?q=${encodeURIComponent(services[0]?.service_id ?? "")}`, suite)}>
            Change the assignment
          </Link>
        )}
        {operator && services.length === 0 && <Reservation suite={suite} port={port} reserved={reservation !== undefined} />}
      </Stack>
    </Drawer>
  );
}

function Health({ status }: { status: ServiceStatus | undefined }) {
  if (!status) return "not checked yet";
  return (
    <>
      <Status state={status.status} /> <div>{status.detail}</div>
    </>
  );
}

function ListenerFacts({ listener }: { listener: Listener }) {
  return (
    <>
      <Fact label="Address">{listener.address}</Fact>
      <Fact label="Process started">
        <Time at={listener.started_at} none="unknown" />
      </Fact>
      <Fact label="First seen">
        <Time at={listener.first_seen} />
      </Fact>
    </>
  );
}

/** Keeps a port free, or gives it free again. */
function Reservation({ suite, port, reserved }: { suite: string; port: number; reserved: boolean }) {
  const { reserve, unreserve } = usePortActions(suite);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const { message } = reserved ? await unreserve(port) : await reserve(port, reason);
      tellDone(message);
    } catch (failure) {
      setProblem(toProblem(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <Stack gap="xs">
        <ProblemAlert problem={problem} />
        {!reserved && (
          <TextInput
            label="Reason"
            description="Nobody is given a reserved port until it is free again."
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        <Group>
          <Button type="submit" variant="default" loading={busy}>
            {reserved ? "Give it free" : "Reserve this port"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
