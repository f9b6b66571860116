import { Button } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useState } from "react";
import { type Problem, toProblem } from "@/api/problem";
import { ProblemAlert } from "@/ui/feedback";
import { count, formatNumber } from "@/ui/format";
import { Fact, Facts, Panel } from "@/ui/Panel";
import { Loaded, Loading } from "@/ui/states";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import { useHead, verify, type Verification } from "./api";
import classes from "./Audit.module.css";

/** The chain that every entry is a part of, and whether it holds. */
export function ChainPanel() {
  const head = useHead();
  const [verifying, setVerifying] = useState(false);
  const [result, setResult] = useState<{ verification: Verification; at: string } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const start = async () => {
    setVerifying(true);
    setProblem(null);
    try {
      setResult({ verification: await verify(), at: new Date().toISOString() });
      await head.refetch();
    } catch (failure) {
      setProblem(toProblem(failure));
    } finally {
      setVerifying(false);
    }
  };
  return (
    <Panel
      title="Chain"
      aside={
        <Button size="compact-sm" variant="default" leftSection={<IconShieldCheck size={15} />} loading={verifying} onClick={() => void start()}>
          Verify the chain
        </Button>
      }
    >
      <div className={classes.chain}>
        <Loaded query={head} loading={<Loading rows={1} />}>
          {({ seq, unlinked, signed_at, hash, public_key }) => (
            <Facts>
              <Fact label="Entries in the chain">
                {formatNumber(seq)}
                {unlinked > 0 && <span className={classes.soft}> and {formatNumber(unlinked)} on their way</span>}
              </Fact>
              <Fact label="Its end was signed">
                <Time at={signed_at} none="not yet" />
              </Fact>
              <Fact label="Hash of its end">
                <span className={classes.mono} title={hash}>
                  {hash.slice(0, 16)}…
                </span>
              </Fact>
              <Fact label="Public key of the signature">
                <span className={classes.mono} title={public_key}>
                  {public_key.slice(0, 16)}…
                </span>
              </Fact>
            </Facts>
          )}
        </Loaded>
        <ProblemAlert problem={problem} title="The chain could not be verified" />
        <div role="status">{result && <Verdict {...result} />}</div>
      </div>
    </Panel>
  );
}

function Verdict({ verification, at }: { verification: Verification; at: string }) {
  const { valid, checked, first_fault } = verification;
  return (
    <div className={classes.verdict}>
      <Status state={valid ? "whole" : "broken"} tone={valid ? "good" : "bad"} />
      <span>
        {valid
          ? `${count(checked, "entry was checked", "entries were checked")}: none was changed, removed or moved.`
          : `${count(checked, "entry is right", "entries are right")}, then entry ${first_fault?.seq ?? "?"} is wrong: ${first_fault?.why ?? "no reason was given"}.`}{" "}
        <span className={classes.soft}>
          Verified <Time at={at} />.
        </span>
      </span>
    </div>
  );
}
