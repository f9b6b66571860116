import { Button, Loader, Popover, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconLink, IconPencil } from "@tabler/icons-react";
import { createContext, type MouseEvent, type ReactNode, use, useEffect, useRef, useState } from "react";
import { toProblem } from "@/api/problem";
import { tellDone } from "@/ui/feedback";
import { type Service, useAvailability, useNextFree, usePortActions } from "../api";
import classes from "./Assignments.module.css";
import { parsePort } from "./port";
import { Verdict } from "./Verdict";

/** A port that is being typed. It is kept while its row is out of sight. */
export interface Draft {
  service: string;
  text: string;
}

interface EditingState {
  draft: Draft | null;
  setDraft: (draft: Draft | null) => void;
}

const EditingContext = createContext<EditingState>({ draft: null, setDraft: () => undefined });

/** One port at a time is edited in a table. */
export function Editing({ value, children }: { value: EditingState; children: ReactNode }) {
  return <EditingContext value={value}>{children}</EditingContext>;
}

interface Props {
  suite: string;
  service: Service;
  mayWrite: boolean;
}

/** The port of a service; who may write can change it in its place. */
export function PortCell({ suite, service, mayWrite }: Props) {
  const { draft, setDraft } = use(EditingContext);
  const button = useRef<HTMLButtonElement>(null);
  const back = useRef(false);
  const edited = draft?.service === service.service_id;
  // Who types goes on where they were.
  useEffect(() => {
    if (!back.current || edited) return;
    back.current = false;
    button.current?.focus();
  }, [edited]);
  const shared = service.port && !service.has_claim && <SharedSign service={service} />;
  if (!mayWrite) {
    return (
      <span className={classes.port}>
        {service.port ?? "none"} {shared}
      </span>
    );
  }
  if (edited) {
    return (
      <PortEditor
        suite={suite}
        service={service}
        text={draft.text}
        onType={(text) => setDraft({ service: service.service_id, text })}
        onEnd={(why) => {
          back.current = why === "key";
          setDraft(null);
        }}
      />
    );
  }
  return (
    <span className={classes.port}>
      <button
        ref={button}
        type="button"
        className={classes.edit}
        aria-label={`Port of ${service.title}: ${service.port ?? "none"}; change it`}
        onClick={() => setDraft({ service: service.service_id, text: String(service.port ?? "") })}
      >
        {service.port ?? "none"} <IconPencil size={14} aria-hidden />
      </button>
      {shared}
    </span>
  );
}

function SharedSign({ service }: { service: Service }) {
  const words = `Port ${service.port} belongs to another service, too`;
  return (
    <span className={classes.shared} role="img" aria-label={words} title={words}>
      <IconLink size={15} aria-hidden />
    </span>
  );
}

interface EditorProps {
  suite: string;
  service: Service;
  text: string;
  onType: (text: string) => void;
  /** It was saved or undone with a key, or left untouched. */
  onEnd: (why: "key" | "left") => void;
}

/** Saves what was typed; a refusal is kept until something else is typed. */
function useSaving(suite: string, service: Service, port: number | null, onEnd: EditorProps["onEnd"]) {
  const { assign, reassign } = usePortActions(suite);
  const [saving, setSaving] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const save = async () => {
    if (saving) return;
    if (port !== null && port === service.port && service.has_claim) return onEnd("key");
    if (port === null) return setRefusal("Type a port from 1 to 65535");
    setSaving(true);
    try {
      const { message } = await (service.port ? reassign(service.service_id, port) : assign(service.service_id, port));
      tellDone(message);
      onEnd("key");
    } catch (failure) {
      setRefusal(toProblem(failure).detail);
      setSaving(false);
    }
  };
  return { save, saving, refusal, forget: () => setRefusal(null) };
}

function PortEditor({ suite, service, text, onType, onEnd }: EditorProps) {
  const port = parsePort(text);
  const { save, saving, refusal, forget } = useSaving(suite, service, port, onEnd);
  const type = (next: string) => {
    forget();
    onType(next);
  };
  return (
    <Popover opened position="bottom-start" width={280} withArrow shadow="md" withRoles={false} returnFocus={false} trapFocus={false}>
      <Popover.Target>
        <TextInput
          className={classes.input}
          size="xs"
          autoFocus
          inputMode="numeric"
          autoComplete="off"
          aria-label={`New port of ${service.title}`}
          aria-busy={saving}
          error={refusal !== null}
          value={text}
          rightSection={saving && <Loader size={12} />}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => type(event.currentTarget.value)}
          onBlur={() => {
            if (!saving && text === String(service.port ?? "")) onEnd("left");
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") void save();
            else if (event.key === "Escape" && !saving) onEnd("key");
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
      </Popover.Target>
      <Popover.Dropdown className={classes.hint}>
        <Hint suite={suite} text={text} own={port !== null && port === service.port} refusal={refusal} onType={type} save={() => void save()} undo={() => !saving && onEnd("key")} />
      </Popover.Dropdown>
    </Popover>
  );
}

interface HintProps {
  suite: string;
  text: string;
  /** It is the port that the service has. */
  own: boolean;
  refusal: string | null;
  onType: (text: string) => void;
  save: () => void;
  undo: () => void;
}

/** What is typed keeps the focus while something beside it is clicked. */
const keepFocus = (event: MouseEvent) => event.preventDefault();

/** Whether the port can be had, and what can be done with it. */
function Hint({ suite, text, own, refusal, onType, save, undo }: HintProps) {
  const { data: next } = useNextFree(suite);
  const port = parsePort(text);
  const [asked] = useDebouncedValue(own ? null : port, 200);
  const answer = useAvailability(asked);
  return (
    <>
      {refusal !== null ? (
        <div className={classes.verdict} data-tone="bad" role="alert">
          {refusal}
        </div>
      ) : own ? (
        <div className={classes.verdict}>Its present port</div>
      ) : port === null ? (
        <div className={classes.verdict}>{text.trim() === "" ? "Type a port" : "A port is a number from 1 to 65535"}</div>
      ) : (
        <Verdict port={port} asked={asked} answer={answer} />
      )}
      <div className={classes.keys}>
        <button
          type="button"
          className={classes.suggest}
          disabled={!next || next === port}
          onMouseDown={keepFocus}
          onClick={() => onType(String(next))}
        >
          {next && next !== port ? `Next free: ${next}` : ""}
        </button>
        <Button size="compact-xs" variant="default" title="Escape" onMouseDown={keepFocus} onClick={undo}>
          Undo
        </Button>
        <Button size="compact-xs" title="Enter" onMouseDown={keepFocus} onClick={save}>
          Save
        </Button>
      </div>
    </>
  );
}
