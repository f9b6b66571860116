import { Alert, Button, Radio, Stack } from "@mantine/core";
import { IconHelpHexagon } from "@tabler/icons-react";
import { useState } from "react";
import type { Decision, Run, RunStep } from "@/api/runs";
import { ProblemAlert } from "@/ui/feedback";
import { useDecision } from "./decision";
import classes from "./Runs.module.css";

const CHOICES: { value: Decision; label: string; description: string }[] = [
  { value: "succeeded", label: "It did its work", description: "The step counts as succeeded, and the run goes on with the next one." },
  { value: "failed", label: "It did not", description: "The step counts as failed: the run stops, unless the step says that failures do not matter." },
  {
    value: "retry",
    label: "Run it again",
    description: "The same command is sent once more. Choose this only if it does no harm when it runs twice.",
  },
];

/** Asks what became of a step whose executor was lost after its command was sent. */
export function Resolve({ run, step, may }: { run: Run; step: RunStep; may: boolean }) {
  const { send, sending, problem } = useDecision(run, step);
  const [decision, setDecision] = useState<Decision | null>(null);
  return (
    <Alert color="yellow" variant="light" icon={<IconHelpHexagon />} title="Did this step do its work?">
      <Stack gap="sm" className={classes.resolve ?? ""}>
        <span>
          The command was sent to {step.target_name}, but nobody saw how it ended. It may have run, in part or in full. Look at
          the target, then say what became of it; the run waits.
        </span>
        {may ? (
          <>
            <ProblemAlert problem={problem} />
            <Radio.Group aria-label="What became of the step" value={decision} onChange={(value) => setDecision(value as Decision)}>
              <Stack gap="xs">
                {CHOICES.map((one) => (
                  <Radio key={one.value} {...one} />
                ))}
              </Stack>
            </Radio.Group>
            <Button onClick={() => decision && void send(decision)} loading={sending} disabled={!decision} style={{ alignSelf: "flex-start" }}>
              Record the decision
            </Button>
          </>
        ) : (
          <b>An operator or admin has to decide.</b>
        )}
      </Stack>
    </Alert>
  );
}
