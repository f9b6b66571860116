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
          {({ seq, unlinked, signed_at, ...proof }) => (
            <>
              <Facts>
                <Fact label="Entries in the chain">
                  {formatNumber(seq)}
                  {unlinked > 0 && <span className={classes.soft}> and {formatNumber(unlinked)} on their way</span>}
                </Fact>
                <Fact label="Its end was signed">
                  <Time at={signed_at} none="not yet" />
                </Fact>
              </Facts>
              <Proof {...proof} />
            </>
          )}
        </Loaded>
        <ProblemAlert problem={problem} title="The chain could not be verified" />
        <div role="status" className={classes.result}>
          {result && <Verdict {...result} />}
        </div>
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

/** What it takes to check the chain elsewhere. */
function Proof({ hash, signature, public_key }: { hash: string; signature?: string | null; public_key: string }) {
  return (
    <details className={classes.proof}>
      <summary>Check it elsewhere</summary>
      <Facts>
        <Fact label="Hash of its end">
          <span className={classes.mono}>{hash}</span>
        </Fact>
        <Fact label="Ed25519 signature of that">
          <span className={classes.mono}>{signature ?? "not yet"}</span>
        </Fact>
        <Fact label="Public key">
          <span className={classes.mono}>{public_key}</span>
        </Fact>
      </Facts>
    </details>
  );
}
