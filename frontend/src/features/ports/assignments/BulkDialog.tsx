import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { type Problem, toProblem } from "@/api/problem";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { ProblemAlert } from "@/ui/feedback";
import { useReturnFocus } from "@/ui/focus";
import { count } from "@/ui/format";
import { WholeNumberInput } from "@/ui/WholeNumberInput";
import { type Plan, readFree, type Service, usePlan, usePortActions } from "../api";
import classes from "./Assignments.module.css";
import { BulkEffect } from "./BulkEffect";
import { parsePort } from "./port";
import { filled, linesOf, presentPorts, sumUp, type Typed, wishedPorts } from "./wishes";

interface Props {
  suite: string;
  services: readonly Service[];
  /** Says whether anything was changed. */
  onClose: (done: boolean) => void;
}

type Applied = Awaited<ReturnType<ReturnType<typeof usePortActions>["apply"]>>;

/** New ports for many services: typed or counted up, shown as a plan, then applied as it was shown. */
export function BulkDialog({ suite, services, onClose }: Props) {
  const bulk = useBulk(suite, services);
  const { applied, busy, plan, shown } = bulk;
  const { changes, refused } = sumUp(shown);
  const columns = useBulkColumns(bulk);
  useReturnFocus();
  const close = async () => {
    if (busy) return;
    const leave =
      applied !== null ||
      !bulk.touched ||
      (await confirm({ title: "Discard the new ports?", body: "None of them was applied.", action: "Discard" }));
    if (leave) onClose(applied !== null);
  };
  const keepRefused = () => bulk.type(presentPorts(services.filter((one) => refused.includes(one.service_id))));
  return (
    <Modal opened onClose={() => void close()} title={`Change the ports of ${count(services.length, "service")}`} size="60rem" closeOnClickOutside={false}>
      <Stack>
        <ProblemAlert problem={bulk.problem ?? (plan.isError ? plan.error : null)} title="Nothing was changed" />
        {!applied && <Fill suite={suite} services={services} disabled={busy} onFill={(ports) => bulk.type(filled({}, services, ports))} />}
        <div className={classes.bulk} data-scroll>
          <DataTable label="New ports" columns={columns} rows={services} rowKey={(one) => one.service_id} sort={{ id: "service" }} empty={null} bare />
        </div>
        <Reasons shown={shown} />
        {applied && <Outcome applied={applied} />}
        <Group justify="space-between">
          <Text size="sm" c="dimmed" role="status">
            {applied ? "" : bulk.wished === null ? "Some of what is typed is no port." : !shown ? "Looking what that would do…" : wordsOf(changes, refused.length)}
          </Text>
          <Group>
            {!applied && refused.length > 0 && (
              <Button variant="default" onClick={keepRefused}>
                Leave out what cannot be done
              </Button>
            )}
            <Button variant="default" onClick={() => void close()}>
              {applied ? "Close" : "Cancel"}
            </Button>
            {!applied && (
              <Button loading={busy} disabled={!shown || changes === 0 || refused.length > 0} onClick={() => void bulk.run()}>
                Apply {changes > 0 ? count(changes, "change") : ""}
              </Button>
            )}
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}

type Bulk = ReturnType<typeof useBulk>;

/** What was typed, what that would do, and what became of it. */
function useBulk(suite: string, services: readonly Service[]) {
  const { apply } = usePortActions(suite);
  const [present] = useState<Typed>(() => presentPorts(services));
  const [typed, setTyped] = useState(present);
  const [applied, setApplied] = useState<Applied | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const wished = useMemo(() => wishedPorts(typed, present), [typed, present]);
  const [asked] = useDebouncedValue(wished, 250);
  const plan = usePlan(suite, applied ? null : asked);
  const fresh = wished !== null && asked === wished && !plan.isPlaceholderData && !plan.isError;
  const run = async () => {
    if (!plan.data || !wished) return;
    setBusy(true);
    setProblem(null);
    try {
      setApplied(await apply(wished, plan.data.plan));
    } catch (failure) {
      setProblem(toProblem(failure));
    } finally {
      setBusy(false);
    }
  };
  return {
    typed,
    type: (texts: Typed) => setTyped((before) => ({ ...before, ...texts })),
    touched: JSON.stringify(typed) !== JSON.stringify(present),
    wished,
    plan,
    /** The plan of what is typed, or what became of it. */
    shown: applied ?? (fresh ? plan.data : undefined),
    applied,
    busy,
    problem,
    run,
  };
}

function useBulkColumns({ typed, type, shown, applied, busy }: Bulk): Column<Service>[] {
  const lines = useMemo(() => linesOf(shown), [shown]);
  const textOf = (service: Service) => typed[service.service_id] ?? "";
  return [
    { id: "service", header: "Service", cell: (one) => <span title={one.service_id}>{one.title}</span>, sort: (one) => one.title.toLowerCase() },
    { id: "now", header: "Before", cell: (one) => one.port ?? "none", sort: (one) => one.port, width: "5.5rem", priority: 2 },
    {
      id: "port",
      header: "New port",
      cell: (one) => (
        <TextInput
          size="xs"
          inputMode="numeric"
          autoComplete="off"
          aria-label={`New port of ${one.title}`}
          disabled={applied !== null || busy}
          error={textOf(one).trim() !== "" && parsePort(textOf(one)) === null}
          value={textOf(one)}
          onChange={(event) => type({ [one.service_id]: event.currentTarget.value })}
        />
      ),
      width: "6rem",
    },
    {
      id: "effect",
      header: applied ? "What happened" : "What will happen",
      cell: (one) => <BulkEffect line={lines.get(one.service_id)} text={textOf(one)} applied={applied !== null} />,
    },
  ];
}

function wordsOf(changes: number, refused: number): string {
  if (refused > 0) return `${count(refused, "change")} cannot be done.`;
  return changes === 0 ? "Nothing changes yet." : `${count(changes, "service")} would get another port.`;
}

interface FillProps {
  suite: string;
  services: readonly Service[];
  disabled: boolean;
  onFill: (ports: readonly number[]) => void;
}

/** Gives all of them free ports one after the other. */
function Fill({ suite, services, disabled, onFill }: FillProps) {
  const [start, setStart] = useState<string | number>("");
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const fill = async () => {
    const first = parsePort(start);
    if (first === null) return setFault("A port from 1 to 65535");
    setBusy(true);
    try {
      const ports = await readFree(suite, services.length, first);
      setFault(ports.length < services.length ? shortage(ports.length, services.length) : null);
      if (ports.length > 0) onFill(ports);
    } catch (failure) {
      setFault(toProblem(failure).detail);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void fill();
      }}
    >
      <Group align="flex-start" gap="sm">
        <WholeNumberInput
          aria-label="Start port"
          placeholder="Start port"
          data-autofocus
          w={200}
          value={start}
          error={fault}
          onChange={(next) => {
            setFault(null);
            setStart(next);
          }}
        />
        <Button type="submit" variant="default" loading={busy} disabled={disabled}>
          Fill with free ports
        </Button>
        <Text size="sm" c="dimmed" style={{ alignSelf: "center" }}>
          or type each of them; two can swap.
        </Text>
      </Group>
    </form>
  );
}

/** Refusals that are said in full. */
const MOST_REASONS = 3;

/** Why some of it cannot be done, or was not. */
function Reasons({ shown }: { shown: Plan | undefined }) {
  const refused = shown?.services.filter((line) => line.problem) ?? [];
  if (refused.length === 0) return null;
  return (
    <ul className={classes.reasons}>
      {refused.slice(0, MOST_REASONS).map((line) => (
        <li key={line.service_id}>
          <b>{line.service_id}</b>: {line.problem}
        </li>
      ))}
      {refused.length > MOST_REASONS && <li>and {refused.length - MOST_REASONS} more</li>}
    </ul>
  );
}

function shortage(found: number, wanted: number): string {
  if (found === 0) return "No port of the suite is free from there on";
  return `Only ${found} of ${wanted} ports ${found === 1 ? "is" : "are"} free from there on`;
}

function Outcome({ applied }: { applied: Applied }) {
  const { refused, changes } = sumUp(applied);
  const done = changes - refused.length;
  return (
    <Alert color={applied.success ? "teal" : "red"} variant="light" title={applied.success ? `${count(done, "change")} made` : `${done} of ${count(changes, "change")} made`} role="status">
      {!applied.success && <div>What was not done can be tried again.</div>}
      {applied.automatic_backup && (
        <div className={classes.text}>
          The state before is kept as {applied.automatic_backup}; it is brought back under <Link to="/ports/configuration">Configuration</Link>.
        </div>
      )}
    </Alert>
  );
}
