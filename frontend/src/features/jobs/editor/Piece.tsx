import { ActionIcon, Badge, Tooltip } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconChevronRight, IconTrash, type Icon } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactNode, useId } from "react";
import { count } from "@/ui/format";
import classes from "./Editor.module.css";

interface Props {
  /** What it is, such as "Step 2". */
  label: string;
  title: string;
  /** In a few words, while it is closed. */
  note: string;
  faults: number;
  open: boolean;
  onToggle: () => void;
  /** Without it, the place does not matter. */
  onMove?: (by: 1 | -1) => void;
  first?: boolean;
  last?: boolean;
  onRemove: () => void;
  children: ReactNode;
}

/** A part of the form that opens, moves and goes. Alt with an arrow key moves it. */
export function Piece(props: Props) {
  const { label, title, note, faults, open, onToggle, onMove, first = false, last = false, onRemove, children } = props;
  const body = useId();
  const keys = (event: KeyboardEvent) => {
    if (!onMove || !event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    if (event.key === "ArrowUp" ? !first : !last) onMove(event.key === "ArrowUp" ? -1 : 1);
  };
  return (
    <section className={classes.piece} aria-label={`${label}: ${title}`} data-open={open || undefined}>
      <div className={classes.head}>
        <button type="button" className={classes.toggle} aria-expanded={open} aria-controls={body} onClick={onToggle} onKeyDown={keys} data-piece={label}>
          <IconChevronRight size={16} aria-hidden className={classes.chevron} />
          <span className={classes.label}>{label}</span>
          <span className={classes.title}>{title}</span>
          {!open && <span className={classes.note}>{note}</span>}
        </button>
        {faults > 0 && (
          <Badge color="red" variant="light" tt="none">
            {count(faults, "fault")}
          </Badge>
        )}
        {onMove && <Act icon={IconArrowUp} label={`Move ${label} up`} disabled={first} onClick={() => onMove(-1)} />}
        {onMove && <Act icon={IconArrowDown} label={`Move ${label} down`} disabled={last} onClick={() => onMove(1)} />}
        <Act icon={IconTrash} label={`Remove ${label}`} onClick={onRemove} />
      </div>
      <div id={body} className={classes.body} hidden={!open}>
        {open && children}
      </div>
    </section>
  );
}

function Act({ icon: Sign, label, disabled = false, onClick }: { icon: Icon; label: string; disabled?: boolean; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" className={classes.act ?? ""} aria-label={label} aria-disabled={disabled} onClick={disabled ? undefined : onClick}>
        <Sign size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
