import { Alert, Button } from "@mantine/core";
import { IconInfoCircle, IconPlugConnected } from "@tabler/icons-react";
import { useState } from "react";
import { type Problem, toProblem } from "@/api/problem";
import { useRole } from "@/api/session";
import type { Target } from "@/api/targets";
import { ProblemAlert } from "@/ui/feedback";
import { Fact, Facts, Panel } from "@/ui/Panel";
import { Time } from "@/ui/Time";
import { type TestAnswer, useHostKeys, useLastAnswer, useTargetActions } from "../api";
import { protocolWord } from "../words";
import classes from "./Connection.module.css";
import { Phases } from "./Phases";
import { ShownKeyDecision } from "./ShownKeyDecision";

/** The connection test: what was found last, and finding out anew. */
export function ConnectionPanel({ target }: { target: Target }) {
  const tests = useRole("operator");
  const kept = useLastAnswer(target.id);
  const { test, running, problem } = useTest(target);
  // What was found in another place meanwhile is newer than what was kept here.
  const answer = kept && kept.success === target.last_test?.ok ? kept : undefined;
  return (
    <Panel
      title="Connection"
      aside={
        tests && (
          <Button size="compact-sm" leftSection={<IconPlugConnected size={15} />} loading={running} onClick={() => void test()}>
            Test connection
          </Button>
        )
      }
    >
      <div className={classes.panel} aria-live="polite" aria-busy={running}>
        {problem ? <Unable problem={problem} target={target} /> : null}
        {running || answer ? (
          <>
            <Phases phases={running ? undefined : answer?.test.details.phases} running={running} />
            {!running && answer && <Found answer={answer} target={target} again={test} />}
          </>
        ) : (
          !problem && <Last target={target} tests={tests} again={test} />
        )}
      </div>
    </Panel>
  );
}

function useTest(target: Target) {
  const actions = useTargetActions();
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const test = async () => {
    setRunning(true);
    setProblem(null);
    try {
      await actions.test(target.id);
    } catch (failure) {
      setProblem(toProblem(failure));
    } finally {
      setRunning(false);
    }
  };
  return { test, running, problem };
}

/** Why there was no test at all. */
function Unable({ problem, target }: { problem: Problem; target: Target }) {
  if (problem.status !== 501) return <ProblemAlert problem={problem} title="The test could not be made" />;
  return (
    <Alert color="gray" icon={<IconInfoCircle />} title={`${protocolWord(target.protocol)} cannot be tested from here`}>
      This platform tests connections over SSH only. Run a job on the target to see whether it is reached.
    </Alert>
  );
}

/** What the service remembers of the last test. */
function Last({ target, tests, again }: { target: Target; tests: boolean; again: () => Promise<void> }) {
  const { data: keys } = useHostKeys(target.id);
  const { last_test: last } = target;
  if (!last) {
    return (
      <p className={classes.soft}>
        Nobody has tested yet whether this target can be reached.
        {tests && " A test connects, checks the host key, signs in and runs a first command. It changes nothing there."}
      </p>
    );
  }
  const shown = isAboutKey(last.reason) ? keys?.findLast((key) => key.state !== "pinned") : undefined;
  return (
    <>
      <p className={classes.last} data-ok={last.ok}>
        <b>{last.ok ? "Reached" : "Not reached"}</b> <Time at={last.at} />
        {last.message && <span className={classes.soft}> · {last.message}</span>}
      </p>
      {shown && <ShownKeyDecision target={target} shown={shown} changed={last.reason === "host_key_mismatch"} accepted={again} />}
    </>
  );
}

const isAboutKey = (reason: string | null | undefined): boolean =>
  reason === "host_key_unknown" || reason === "host_key_mismatch";

interface FoundProps {
  answer: TestAnswer;
  target: Target;
  again: () => Promise<void>;
}

/** What a test found, below its steps. */
function Found({ answer, target, again }: FoundProps) {
  const { details } = answer.test;
  const failed = !answer.success && details.phases.length === 0;
  return (
    <>
      {answer.note && (
        <Alert color="yellow" icon={<IconInfoCircle />} title="Not a real test">
          {answer.note}
        </Alert>
      )}
      {failed && (
        <Alert color="red" title={details.message} role="alert">
          {details.remedy}
        </Alert>
      )}
      {isAboutKey(details.reason) && details.host_key && (
        <ShownKeyDecision target={target} shown={details.host_key} changed={details.reason === "host_key_mismatch"} accepted={again} />
      )}
      {answer.success && (
        <div className={classes.found}>
          <Facts>
            <Fact label="Signed in as">{details.whoami ?? "–"}</Fact>
            <Fact label="Calls itself">{details.hostname}</Fact>
            {details.os && <Fact label="System">{details.os}</Fact>}
            {details.shell && <Fact label="Shell">{details.shell}</Fact>}
            {details.powershellVersion && <Fact label="PowerShell">{details.powershellVersion}</Fact>}
          </Facts>
        </div>
      )}
    </>
  );
}
