import { Button, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { Target } from "@/api/targets";
import { type Column, DataTable } from "@/ui/DataTable";
import { count } from "@/ui/format";
import { Status } from "@/ui/Status";
import type { Tone } from "@/ui/status";
import { removeTarget, testTarget, useTargetActions } from "./api";
import { dependentsFirst, type Outcome, runBatch } from "./batch";
import classes from "./Batch.module.css";
import { outcomeOf } from "./words";

interface Props {
  what: "test" | "delete";
  targets: readonly Target[];
  onClose: () => void;
}

/** How it went with one target. */
interface Result {
  label: string;
  tone: Tone;
  detail: string;
}

interface Row {
  target: Target;
  result: Result | undefined;
}

/** Tests at the same time; the service takes sixteen of all people. */
const TEST_WIDTH = 6;
const WAITING: Result = { label: "waiting", tone: "idle", detail: "" };

const COLUMNS: readonly Column<Row>[] = [
  { id: "name", header: "Target", cell: ({ target }) => target.name, width: "11rem" },
  { id: "result", header: "Result", cell: ({ result = WAITING }) => <Status state="result" {...result} />, width: "11rem" },
  {
    id: "detail",
    header: "What was found",
    cell: ({ result }) => <span title={result?.detail}>{result?.detail}</span>,
    priority: 2,
  },
];

/** Does the same with each target and shows how each one went; nothing fails in silence. */
export function BatchDialog({ what, targets, onClose }: Props) {
  const { results, stop, running } = useBatch(what, targets);
  const failed = [...results.values()].filter((result) => result.tone !== "good").length;
  const title = what === "test" ? `Test ${count(targets.length, "target")}` : `Delete ${count(targets.length, "target")}`;
  const rows = targets.map((target) => ({ target, result: results.get(target.id) }));
  return (
    <Modal opened onClose={running ? stop : onClose} title={title} size="xl" closeOnClickOutside={false} withCloseButton={!running}>
      <Stack gap="sm">
        <Progress
          value={(results.size / targets.length) * 100}
          color={running ? undefined : failed > 0 ? "orange" : "teal"}
          aria-label="Progress"
        />
        <Text size="sm" role="status">
          {results.size} of {targets.length} done{failed > 0 && `, ${failed} did not go well`}
          {!running && results.size < targets.length && "; stopped"}
        </Text>
        <div className={classes.rows} data-scroll tabIndex={0} role="group" aria-label="Results">
          <DataTable label="Results" columns={COLUMNS} rows={rows} rowKey={(row) => String(row.target.id)} empty={null} bare />
        </div>
        <Group justify="flex-end">
          {running ? (
            <Button variant="default" onClick={stop}>
              Stop
            </Button>
          ) : (
            <Button onClick={onClose} data-autofocus>
              Close
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function useBatch(what: Props["what"], targets: readonly Target[]) {
  const { reread } = useTargetActions();
  const [results, setResults] = useState<ReadonlyMap<number, Result>>(new Map());
  const [running, setRunning] = useState(true);
  const control = useRef<AbortController>(undefined);
  const start = useEffectEvent(async (stop: AbortSignal) => {
    await runBatch<Target, Result>({
      items: what === "test" ? targets : dependentsFirst(targets),
      // One by one, so that who needs another is gone before it.
      width: what === "test" ? TEST_WIDTH : 1,
      run: what === "test" ? test : remove,
      ended: ({ id }, outcome) => {
        setResults((before) => new Map(before).set(id, resultOf(outcome)));
      },
      stop,
    });
    setRunning(false);
    await reread();
  });
  useEffect(() => {
    const stop = new AbortController();
    control.current = stop;
    // In the next turn, so that what strict mode begins only to end it never begins.
    const timer = setTimeout(() => void start(stop.signal));
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, []);
  return { results, running, stop: () => control.current?.abort() };
}

async function test({ id }: Target): Promise<Result> {
  const { success, test: found } = await testTarget(id);
  const { reason = null, message } = found.details;
  return { ...outcomeOf({ at: "", ok: success, reason, message }), detail: message };
}

async function remove({ id }: Target): Promise<Result> {
  await removeTarget(id);
  return { label: "deleted", tone: "good", detail: "" };
}

function resultOf(outcome: Outcome<Result>): Result {
  if (outcome.ok) return outcome.value;
  const { status, detail } = outcome.problem;
  return status === 501 ? { label: "not testable", tone: "warn", detail } : { label: "refused", tone: "bad", detail };
}
