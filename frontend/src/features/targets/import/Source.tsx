import { Button, FileButton, SegmentedControl, Select } from "@mantine/core";
import { IconFileUpload } from "@tabler/icons-react";
import { type DragEvent, type ReactNode, useState } from "react";
import { type Credential, TYPE_WORDS } from "@/api/credentials";
import { CodeEditor } from "@/ui/CodeEditor";
import { tellProblem } from "@/ui/feedback";
import { Problem } from "@/api/problem";
import { Panel } from "@/ui/Panel";
import classes from "./Import.module.css";
import { type Form, guessForm } from "./parse";

/** Largest file that is read, in bytes. */
const MAX_BYTES = 5_000_000;

/** A text and the form that it is read in. */
export interface SourceText {
  text: string;
  form: Form;
}

export const EMPTY: SourceText = { text: "", form: "csv" };

const FORMS: { value: Form; label: string }[] = [
  { value: "csv", label: "CSV" },
  { value: "ini", label: "Ansible INI" },
  { value: "yaml", label: "Ansible YAML" },
];

/** What each form holds, and an example of it. */
const HELP: Record<Form, { words: string; example: string }> = {
  csv: {
    words: "The first line names the columns: name, hostname, protocol, port, tags, credential. Only the name is needed.",
    example:
      'name,hostname,protocol,port,tags,credential\nweb-1,web-1.example.org,ssh,22,"role:web, env:prod",\nwin-1,10.0.0.20,winrm,5985,os:windows,\n',
  },
  ini: {
    words: "Groups become tags. ansible_host, ansible_port, ansible_user and ansible_connection are read; passwords and keys are not.",
    example:
      "[web]\nweb[01:03].example.org ansible_user=deploy\n\n[db]\ndb-1 ansible_host=10.0.0.5 ansible_port=2222\n\n[prod:children]\nweb\ndb\n",
  },
  yaml: {
    words: "Groups become tags. ansible_host, ansible_port, ansible_user and ansible_connection are read; passwords and keys are not.",
    example:
      "all:\n  children:\n    web:\n      hosts:\n        web[01:03].example.org:\n          ansible_user: deploy\n    db:\n      hosts:\n        db-1:\n          ansible_host: 10.0.0.5\n",
  },
};

interface Props {
  source: SourceText;
  onChange: (source: SourceText) => void;
  faults: readonly { line: number; message: string }[];
  credentials: readonly Credential[];
  credential: string | null;
  onCredential: (credential: string | null) => void;
  /** While an import runs, nothing is changed. */
  locked: boolean;
}

/** Where the text comes from, and how it is read. */
export function Source({ source, onChange, faults, credentials, credential, onCredential, locked }: Props) {
  const { text, form } = source;
  const read = (file: File | null) => {
    if (file) void readFile(file).then((found) => found && onChange(found));
  };
  const change = (next: string) => onChange({ text: next, form: text.trim() === "" ? guessForm(next) : form });
  return (
    <Panel
      title="Inventory"
      aside={
        <FileButton onChange={read} accept=".csv,.tsv,.ini,.cfg,.yml,.yaml,.json,.txt,text/*" disabled={locked}>
          {(props) => (
            <Button {...props} size="compact-sm" variant="default" leftSection={<IconFileUpload size={15} />}>
              Choose a file
            </Button>
          )}
        </FileButton>
      }
    >
      <Drop onFile={read}>
        <div className={classes.form}>
          <SegmentedControl
            aria-label="Form of the text"
            size="xs"
            data={FORMS}
            value={form}
            onChange={(value) => onChange({ text, form: value as Form })}
            disabled={locked}
          />
          <p className={classes.help}>
            {HELP[form].words}{" "}
            {text.trim() === "" && (
              <button type="button" className={classes.example} onClick={() => onChange({ text: HELP[form].example, form })}>
                Show an example
              </button>
            )}
          </p>
        </div>
        <CodeEditor
          label="Text to import"
          value={text}
          onChange={change}
          language={form === "yaml" ? "yaml" : "text"}
          faults={faults}
          height="15rem"
          readOnly={locked}
        />
        <CredentialForAll credentials={credentials} value={credential} onChange={onCredential} locked={locked} />
      </Drop>
    </Panel>
  );
}

interface ForAllProps {
  credentials: readonly Credential[];
  value: string | null;
  onChange: (credential: string | null) => void;
  locked: boolean;
}

function CredentialForAll({ credentials, value, onChange, locked }: ForAllProps) {
  return (
    <Select
      className={classes.credential}
      label="Credential for rows that name none"
      description="Given to new targets, and to those that have none yet, where it fits the protocol."
      placeholder="None"
      clearable
      searchable
      limit={50}
      disabled={locked}
      data={credentials.map((one) => ({ value: String(one.id), label: `${one.name} (${TYPE_WORDS[one.credential_type]})` }))}
      value={value}
      onChange={onChange}
    />
  );
}

async function readFile(file: File): Promise<SourceText | null> {
  if (file.size > MAX_BYTES) {
    tellProblem(new Problem(0, "client.too_large", `${file.name} is larger than 5 MB.`));
    return null;
  }
  const text = await file.text();
  return { text, form: guessForm(text, file.name) };
}

/** Takes a file that is dropped. */
function Drop({ onFile, children }: { onFile: (file: File) => void; children: ReactNode }) {
  const [over, setOver] = useState(false);
  const holdsFile = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  return (
    <div
      className={classes.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        if (!holdsFile(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        if (!holdsFile(event)) return;
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (file) onFile(file);
      }}
    >
      {children}
    </div>
  );
}
