import { useMemo } from "react";
import { Link } from "react-router";
import { type Target, useTargets } from "@/api/targets";
import { count } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Loaded, Loading } from "@/ui/states";
import classes from "./Graph.module.css";
import { webOf } from "./reach";
import { TargetGraph } from "./TargetGraph";

/** Targets that are drawn at most. */
const ROOM = 60;

/** What a target needs and what needs it, over all levels. */
export function DependencyPanel({ target }: { target: Target }) {
  const targets = useTargets();
  return (
    <Panel title="Dependencies" flush aside={<Link to="/targets/graph">All targets</Link>}>
      <Loaded query={targets} loading={<Loading rows={2} />}>
        {(all) => <Drawn target={target} all={all} />}
      </Loaded>
    </Panel>
  );
}

function Drawn({ target, all }: { target: Target; all: readonly Target[] }) {
  const web = useMemo(() => webOf(all, target.id, ROOM), [all, target.id]);
  if (web.edges.length === 0) {
    return <p className={classes.alone}>It needs no other target, and none needs it. “Needs” is set where a target is edited.</p>;
  }
  return (
    <>
      <TargetGraph web={web} focus={target.id} label={`What ${target.name} needs, to its right, and what needs it, to its left`} />
      {web.left > 0 && <p className={classes.alone}>{count(web.left, "target")} farther away are not drawn.</p>}
    </>
  );
}
