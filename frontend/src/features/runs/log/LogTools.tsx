import { ActionIcon, type ActionIconProps, CloseButton, SegmentedControl, TextInput, Tooltip } from "@mantine/core";
import {
  IconArrowBarToDown,
  IconChevronDown,
  IconChevronUp,
  IconCopy,
  IconDownload,
  IconSearch,
  IconTextWrap,
  type Icon,
} from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { tellDone, tellProblem } from "@/ui/feedback";
import { Problem, toProblem } from "@/api/problem";
import { formatNumber } from "@/ui/format";
import { readWhole, saveWhole, type Shown, type StepOf } from "./output";
import type { Snapshot } from "./store";
import type { HitWalk } from "./useHitWalk";
import classes from "./Log.module.css";

interface Props {
  of: StepOf;
  snapshot: Snapshot;
  shown: Shown;
  onShown: (shown: Shown) => void;
  search: string;
  onSearch: (search: string) => void;
  walk: HitWalk;
  wrap: boolean;
  onWrap: (wrap: boolean) => void;
  /** Nothing when no more can come. */
  following: boolean | null;
  onFollow: (follow: boolean) => void;
  file: string;
}

/** More than this is saved, not copied, in bytes. */
const MOST_COPIED = 4 << 20;

const STREAMS: { value: Shown; label: string }[] = [
  { value: "", label: "All" },
  { value: "stdout", label: "stdout" },
  { value: "stderr", label: "stderr" },
];

/** What can be done with the output. */
export function LogTools(props: Props) {
  const { of, snapshot, shown, onShown, wrap, onWrap, following, onFollow, file } = props;
  const [sending, setSending] = useState(false);
  const empty = snapshot.rows === 0;
  const attempt = async (call: () => Promise<void>, fault: string) => {
    setSending(true);
    await call().catch((failure: unknown) => tellProblem(toProblem(failure), fault));
    setSending(false);
  };
  const copy = async () => {
    if (snapshot.bytes > MOST_COPIED) throw new Problem(0, "client.too_long", "It is too long for that: save it as a file.");
    await navigator.clipboard.writeText(await (await readWhole(of, shown)).text());
    tellDone("The output is copied");
  };
  return (
    <div className={classes.tools} role="toolbar" aria-label="Output">
      <SegmentedControl size="xs" data={STREAMS} value={shown} onChange={(value) => onShown(value as Shown)} aria-label="Streams" />
      <Search {...props} />
      <div className={classes.buttons}>
        {following !== null && (
          <Tool icon={IconArrowBarToDown} label="Follow the end" on={following} onClick={() => onFollow(!following)} />
        )}
        <Tool icon={IconTextWrap} label="Wrap long lines" on={wrap} onClick={() => onWrap(!wrap)} />
        <Tool icon={IconCopy} label="Copy the output" disabled={empty} onClick={() => void attempt(copy, "The output could not be copied")} />
        <Tool
          icon={IconDownload}
          label="Download the output"
          disabled={empty}
          loading={sending}
          onClick={() => void attempt(() => saveWhole(of, shown, file), "The output could not be saved")}
        />
      </div>
    </div>
  );
}

function Search({ search, onSearch, walk }: Props) {
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      walk.step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && search !== "") {
      event.stopPropagation();
      onSearch("");
    }
  };
  return (
    <div className={classes.search}>
      <TextInput
        size="xs"
        type="search"
        data-search-box
        aria-label="Search in the output"
        placeholder="Search in the output"
        leftSection={<IconSearch size={14} />}
        value={search}
        onChange={(event) => onSearch(event.currentTarget.value)}
        onKeyDown={keys}
        rightSection={search && <CloseButton size="xs" aria-label="Clear the search" onClick={() => onSearch("")} />}
      />
      <span className={classes.found} role="status">
        {search !== "" && foundWords(walk)}
      </span>
      {walk.found > 0 && (
        <>
          <Tool icon={IconChevronUp} label="Previous match" onClick={() => walk.step(-1)} />
          <Tool icon={IconChevronDown} label="Next match" onClick={() => walk.step(1)} />
        </>
      )}
    </div>
  );
}

function foundWords({ found, more, at, isSearching, problem }: HitWalk): string {
  if (problem) return problem.detail;
  if (found > 0) return `${formatNumber(at + 1)} of ${formatNumber(found)}${more ? "+" : ""}`;
  return isSearching ? "…" : "none";
}

interface ToolProps extends ActionIconProps {
  icon: Icon;
  label: string;
  /** Whether it is switched on, if it is a switch. */
  on?: boolean;
  onClick: () => void;
}

function Tool({ icon: Sign, label, on, onClick, ...rest }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon {...rest} variant={on ? "light" : "subtle"} color={on ? undefined : "gray"} aria-label={label} aria-pressed={on} onClick={onClick}>
        <Sign size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
