import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { count } from "@/ui/format";
import { Failure, Loading } from "@/ui/states";
import type { OutputBus } from "../feed";
import { type LinesProps, LogLines } from "./LogLines";
import { LogTools } from "./LogTools";
import type { Shown, StepOf } from "./output";
import { useHitWalk } from "./useHitWalk";
import { useOutput } from "./useOutput";
import classes from "./Log.module.css";

/** Milliseconds without a key after which it is searched. */
const TYPED_MS = 200;

interface Props extends Pick<LinesProps, "startAtEnd" | "place" | "linkTo" | "onPlace"> {
  of: StepOf;
  output: OutputBus;
  /** Whether more may come. */
  live: boolean;
  /** Changes when the step does: its output is looked at anew. */
  version: string;
  /** What is shown, for those who do not see it. */
  label: string;
  /** Name of the file that is saved. */
  file: string;
}

/** What a step wrote: coloured, searched, followed, saved; fast with any number of lines. */
export function LogViewer({ of, output, live, version, label, file, ...lines }: Props) {
  const [shown, setShown] = useState<Shown>("");
  const [wrap, setWrap] = useState(false);
  const [following, setFollowing] = useState(lines.place === null);
  // The last lines come with the end of the step, or after it.
  const [wasLive] = useState(live);
  const [search, setSearch] = useState("");
  const [wanted] = useDebouncedValue(search, TYPED_MS);
  const [store, snapshot] = useOutput(of, shown, version, output, lines.place);
  const walk = useHitWalk(of, shown, search === wanted ? wanted : "", version);
  const { isReady, problem, rows } = snapshot;
  return (
    <div className={classes.viewer}>
      <LogTools
        of={of}
        snapshot={snapshot}
        shown={shown}
        onShown={setShown}
        search={search}
        onSearch={setSearch}
        walk={walk}
        wrap={wrap}
        onWrap={setWrap}
        following={live ? following : null}
        onFollow={setFollowing}
        file={file}
      />
      {problem && <Failure problem={problem} retry={store.refresh} />}
      {!isReady && !problem && <Loading rows={3} />}
      {isReady && rows === 0 && <p className={classes.nothing}>{nothingWords(live, snapshot.bytes > 0, shown)}</p>}
      {isReady && rows > 0 && (
        <LogLines
          // Lines have another height, or are others: all is measured anew.
          key={`${wrap} ${shown}`}
          store={store}
          snapshot={snapshot}
          search={wanted}
          hit={walk.hit}
          wrap={wrap}
          follow={(live || wasLive) && following}
          onLeaveEnd={() => setFollowing(false)}
          {...lines}
          label={`${label}, ${count(snapshot.lines, "line")}`}
        />
      )}
    </div>
  );
}

function nothingWords(live: boolean, isAny: boolean, shown: Shown): string {
  if (isAny) return `Nothing on standard ${shown === "stderr" ? "error" : "output"}.`;
  return live ? "No output yet." : "This step wrote nothing.";
}
