import { useMemo } from "react";
import { type Target, useTargets } from "@/api/targets";
import { count } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Panel } from "@/ui/Panel";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { holds, SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import classes from "./Graph.module.css";
import { wholeWeb } from "./reach";
import { TargetGraph } from "./TargetGraph";

/** Targets that are drawn at most; more could be neither read nor laid out quickly. */
const ROOM = 300;

/** All targets that are tied to others. */
export default function GraphPage() {
  const targets = useTargets();
  const [filters, setFilters, { active, clear }] = useFilters({ q: "" });
  return (
    <Page
      title="Dependencies"
      up={{ to: "/targets", label: "Targets" }}
      lead="An arrow leads from a target to what it needs."
    >
      <Toolbar>
        <SearchBox label="Search names and tags" value={filters.q} onChange={(q) => setFilters({ q })} />
      </Toolbar>
      <Panel flush>
        <Loaded query={targets}>{(all) => <Drawn all={all} search={filters.q} active={active} clear={clear} />}</Loaded>
      </Panel>
    </Page>
  );
}

function Drawn({ all, search, active, clear }: { all: readonly Target[]; search: string; active: boolean; clear: () => void }) {
  const web = useMemo(() => wholeWeb(all.filter((target) => holds(search, target.name, ...target.tags)), ROOM), [all, search]);
  if (web.nodes.length === 0) {
    if (active) return <NoMatch clear={clear} />;
    return <Empty title="No target needs another">What a target needs is set where it is edited, in the field “Needs”.</Empty>;
  }
  const words = [
    web.left > 0 && `${count(web.left, "more target")} did not fit: search to see fewer.`,
    web.alone > 0 && `${count(web.alone, "target")} ${web.alone === 1 ? "stands" : "stand"} alone.`,
  ].filter(Boolean);
  return (
    <>
      <TargetGraph web={web} label="All targets that need others or are needed" />
      {words.length > 0 && <p className={classes.alone}>{words.join(" ")}</p>}
    </>
  );
}
