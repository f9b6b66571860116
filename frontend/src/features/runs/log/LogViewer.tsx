import { useDeferredValue, useMemo, useState } from "react";
import { count } from "@/ui/format";
import type { LinePlace } from "../steps";
import { findAll, linesOf, type Shown, type StepLog } from "./lines";
import { LogLines } from "./LogLines";
import { LogTools } from "./LogTools";
import classes from "./Log.module.css";

interface Props {
  log: StepLog;
  /** Whether more may come. */
  live: boolean;
  /** Whether the end is what people look for first. */
  startAtEnd: boolean;
  /** What is shown, for those who do not see it. */
  label: string;
  /** The line that the address points at. */
  place: LinePlace | null;
  /** Address of a line, beginning with `#`. */
  linkTo: (line: LinePlace) => string;
  onPlace: (line: LinePlace) => void;
  /** Name of the file that is saved, without its ending. */
  file: string;
}

/** What a step wrote: coloured, searched, followed, saved; fast with any number of lines. */
export function LogViewer({ log, live, startAtEnd, label, place, linkTo, onPlace, file }: Props) {
  const [shown, setShown] = useState<Shown>("both");
  const [wrap, setWrap] = useState(false);
  const [following, setFollowing] = useState(place === null);
  const [search, setSearch] = useState("");
  const [current, setCurrent] = useState(0);
  const wanted = useDeferredValue(search);
  const lines = useMemo(() => linesOf(log, shown), [log, shown]);
  const matches = useMemo(() => findAll(lines, wanted), [lines, wanted]);
  const at = matches.length === 0 ? 0 : current % matches.length;
  const step = (by: 1 | -1) => setCurrent(matches.length === 0 ? 0 : (at + by + matches.length) % matches.length);
  return (
    <div className={classes.viewer}>
      <LogTools
        log={log}
        shown={shown}
        onShown={setShown}
        search={search}
        onSearch={(text) => {
          setSearch(text);
          setCurrent(0);
        }}
        matches={matches.length}
        at={at}
        onStep={step}
        wrap={wrap}
        onWrap={setWrap}
        following={live ? following : null}
        onFollow={setFollowing}
        text={() => lines.map((line) => line.plain).join("\n")}
        file={file}
      />
      {lines.length === 0 ? (
        <p className={classes.nothing}>{nothingWords(live, log, shown)}</p>
      ) : (
        <LogLines
          // Lines have another height: all is measured anew.
          key={String(wrap)}
          lines={lines}
          matches={matches}
          // While a new search is on its way, no match of the old one is gone to.
          current={matches.length > 0 && search === wanted ? at : undefined}
          wrap={wrap}
          follow={live && following}
          startAtEnd={startAtEnd}
          onLeaveEnd={() => setFollowing(false)}
          place={place}
          linkTo={linkTo}
          onPlace={onPlace}
          label={`${label}, ${count(lines.length, "line")}`}
        />
      )}
    </div>
  );
}

function nothingWords(live: boolean, { out, err }: StepLog, shown: Shown): string {
  if (out !== "" || err !== "") return `Nothing on standard ${shown === "err" ? "error" : "output"}.`;
  return live ? "No output yet." : "This step wrote nothing.";
}
