import { ActionIcon, Button, FileButton, Menu, Select } from "@mantine/core";
import { IconDeviceFloppy, IconDots, IconUpload } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { toProblem } from "@/api/problem";
import { useRole } from "@/api/session";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { tellProblem } from "@/ui/feedback";
import { saveFile } from "@/ui/file";
import { count } from "@/ui/format";
import { Empty, Loaded, NoMatch } from "@/ui/states";
import { Time } from "@/ui/Time";
import { holds, SearchBox, Toolbar } from "@/ui/Toolbar";
import { useFilters } from "@/ui/url";
import { type Backup, useBackups, useConfigurationActions } from "./api";
import { MakeBackup, UploadBackup } from "./BackupDialogs";
import classes from "./Configuration.module.css";
import { DifferenceDialog } from "./DifferenceDialog";
import { toDocument } from "./faults";

interface Props {
  suite: string;
  openAsDocument: (text: string) => void;
  /** A document is being written that opening another one would replace. */
  unsaved: boolean;
}

/** Kept states of a suite. */
export function Backups({ suite, openAsDocument, unsaved }: Props) {
  const backups = useBackups(suite);
  const [filters, setFilters, { active, clear }] = useFilters({ q: "", kind: "" });
  const [{ restore }, change] = useFilters({ restore: "" });
  const isAdmin = useRole("admin");
  const open = useOpening(suite, openAsDocument, unsaved);
  const columns = useColumns(suite, open, (name) => change({ restore: name }));
  const rows = backups.data?.filter((one) => fits(one, filters)) ?? [];
  return (
    <>
      <Toolbar aside={backups.data && backups.data.length > 0 && count(rows.length, "backup")}>
        {(active || backups.data?.length !== 0) && (
          <>
            <SearchBox label="Search backups" value={filters.q} onChange={(q) => setFilters({ q })} />
            <Select
              aria-label="Which backups"
              w={190}
              data={[
                { value: "", label: "All backups" },
                { value: "people", label: "Made by people" },
                { value: "automatic", label: "Made by itself" },
              ]}
              value={filters.kind}
              onChange={(kind) => setFilters({ kind: kind ?? "" })}
            />
          </>
        )}
        <MakeButtons suite={suite} />
      </Toolbar>
      <Loaded query={backups}>
        {() => (
          <DataTable
            label="Backups"
            columns={columns}
            rows={rows}
            rowKey={(one) => one.backup_file}
            sort={{ id: "made", desc: true }}
            empty={
              active ? (
                <NoMatch clear={clear} />
              ) : (
                <Empty title="No backups yet">
                  A backup keeps who has which port and what is reserved. Before a restore, a reset or a plan one is made by itself.
                </Empty>
              )
            }
          />
        )}
      </Loaded>
      {restore !== "" && isAdmin && (
        <DifferenceDialog
          key={restore}
          suite={suite}
          source={{ backup: restore }}
          onClose={() => change({ restore: "" })}
          goTo={(name) => change({ restore: name })}
        />
      )}
    </>
  );
}

const fits = (one: Backup, { q, kind }: { q: string; kind: string }): boolean =>
  (kind === "" || one.automatic === (kind === "automatic")) && holds(q, one.backup_file, one.created_by, one.sha256);

/** Shows a backup as a document, unless that would lose another one. */
function useOpening(suite: string, openAsDocument: (text: string) => void, unsaved: boolean) {
  const { readBackup } = useConfigurationActions(suite);
  return async (name: string) => {
    const yes =
      !unsaved ||
      (await confirm({ title: "Replace your document?", body: "The document that you changed was not applied or saved.", action: "Replace" }));
    if (!yes) return;
    try {
      openAsDocument(toDocument(await readBackup(name), suite, name));
    } catch (failure) {
      tellProblem(toProblem(failure));
    }
  };
}

function useColumns(suite: string, open: (name: string) => void, restore: (name: string) => void): Column<Backup>[] {
  return useMemo(
    () => [
      {
        id: "name",
        header: "Backup",
        cell: (one) => (
          <>
            <b className={classes.line}>{one.backup_file}</b>
            <span className={classes.small} title={`SHA-256 ${one.sha256}`}>
              <span className={classes.narrow}>
                <Time at={one.created_at} />,{" "}
              </span>
              {one.automatic ? "before a change" : "by hand"}, checksum {one.sha256.slice(0, 12)}
            </span>
          </>
        ),
        sort: (one) => one.backup_file,
      },
      { id: "made", header: "Made", cell: (one) => <Time at={one.created_at} />, sort: (one) => one.created_at, width: "8rem", priority: 2 },
      { id: "by", header: "By", cell: (one) => one.created_by, sort: (one) => one.created_by, width: "10rem", priority: 2 },
      {
        id: "revision",
        header: "Revision",
        cell: (one) => <span title="Number of the last change that it holds">{one.revision}</span>,
        sort: (one) => one.revision,
        width: "7rem",
        align: "right",
        priority: 3,
      },
      {
        id: "actions",
        header: "",
        cell: (one) => <Actions suite={suite} name={one.backup_file} open={open} restore={restore} />,
        width: "3.5rem",
        align: "right",
      },
    ],
    [suite, open, restore],
  );
}

interface ActionsProps {
  suite: string;
  name: string;
  open: (name: string) => void;
  restore: (name: string) => void;
}

function Actions({ suite, name, open, restore }: ActionsProps) {
  const { readBackup } = useConfigurationActions(suite);
  const [isOperator, isAdmin] = [useRole("operator"), useRole("admin")];
  const download = () =>
    readBackup(name)
      .then((text) => saveFile(name.endsWith(".json") ? name : `${name}.json`, text))
      .catch((failure: unknown) => tellProblem(toProblem(failure)));
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${name}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void download()}>Download</Menu.Item>
        <Menu.Item onClick={() => open(name)}>Open as a document</Menu.Item>
        {isOperator && (
          <Menu.Item disabled={!isAdmin} onClick={() => restore(name)}>
            {isAdmin ? "Restore" : "Restore (administrators only)"}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Making a backup, and taking one over that comes from elsewhere. */
function MakeButtons({ suite }: { suite: string }) {
  const [making, setMaking] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const [isOperator, isAdmin] = [useRole("operator"), useRole("admin")];
  if (!isOperator) return null;
  return (
    <>
      <Button leftSection={<IconDeviceFloppy size={16} />} onClick={() => setMaking(true)}>
        Make a backup
      </Button>
      <FileButton accept=".json,application/json" onChange={setFile} disabled={!isAdmin} key={file?.name ?? ""}>
        {(props) => (
          <Button
            variant="default"
            leftSection={<IconUpload size={16} />}
            disabled={!isAdmin}
            title={isAdmin ? undefined : "Only administrators take over files from elsewhere"}
            {...props}
          >
            Upload a file
          </Button>
        )}
      </FileButton>
      {making && <MakeBackup suite={suite} onClose={() => setMaking(false)} />}
      {file && <UploadBackup suite={suite} file={file} onClose={() => setFile(null)} />}
    </>
  );
}
