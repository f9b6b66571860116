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
import type { KeyboardEvent } from "react";
import { tellDone, tellProblem } from "@/ui/feedback";
import { toProblem } from "@/api/problem";
import { formatNumber } from "@/ui/format";
import { MAX_MATCHES, type Shown, type StepLog } from "./lines";
import { saveText } from "./save";
import classes from "./Log.module.css";

interface Props {
  log: StepLog;
  shown: Shown;
  onShown: (shown: Shown) => void;
  search: string;
  onSearch: (search: string) => void;
  matches: number;
  at: number;
  onStep: (by: 1 | -1) => void;
  wrap: boolean;
  onWrap: (wrap: boolean) => void;
  /** Nothing when no more can come. */
  following: boolean | null;
  onFollow: (follow: boolean) => void;
  /** What is shown, as text. */
  text: () => string;
  file: string;
}

const STREAMS: { value: Shown; label: string }[] = [
  { value: "both", label: "Both" },
  { value: "out", label: "stdout" },
  { value: "err", label: "stderr" },
];

/** What can be done with the output. */
export function LogTools(props: Props) {
  const { log, shown, onShown, wrap, onWrap, following, onFollow, text, file } = props;
  const empty = log.out === "" && log.err === "";
  const copy = () =>
    navigator.clipboard
      .writeText(text())
      .then(() => tellDone("The output is copied"))
      .catch((failure: unknown) => tellProblem(toProblem(failure), "The output could not be copied"));
  return (
    <div className={classes.tools} role="toolbar" aria-label="Output">
      <SegmentedControl size="xs" data={STREAMS} value={shown} onChange={(value) => onShown(value as Shown)} aria-label="Streams" />
      <Search {...props} />
      <div className={classes.buttons}>
        {following !== null && (
          <Tool icon={IconArrowBarToDown} label="Follow the end" on={following} onClick={() => onFollow(!following)} />
        )}
        <Tool icon={IconTextWrap} label="Wrap long lines" on={wrap} onClick={() => onWrap(!wrap)} />
        <Tool icon={IconCopy} label="Copy the output" disabled={empty} onClick={() => void copy()} />
        <Tool icon={IconDownload} label="Download the output" disabled={empty} onClick={() => saveText(`${file}.log`, text())} />
      </div>
    </div>
  );
}

function Search({ search, onSearch, matches, at, onStep }: Props) {
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      onStep(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && search !== "") {
      event.stopPropagation();
      onSearch("");
    }
  };
  const found = `${formatNumber(matches)}${matches === MAX_MATCHES ? "+" : ""}`;
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
        {search !== "" && (matches === 0 ? "none" : `${formatNumber(at + 1)} of ${found}`)}
      </span>
      {matches > 0 && (
        <>
          <Tool icon={IconChevronUp} label="Previous match" onClick={() => onStep(-1)} />
          <Tool icon={IconChevronDown} label="Next match" onClick={() => onStep(1)} />
        </>
      )}
    </div>
  );
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
