import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { toProblem } from "@/api/problem";
import { useRole } from "@/api/session";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { tellDone, tellProblem } from "@/ui/feedback";
import { count, formatNumber } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { Toolbar } from "@/ui/Toolbar";
import { DEFAULT_SUITE, inSuite, type Suite, useSuites } from "../suites";
import { useSuiteActions } from "./api";
import { SuiteDialog } from "./SuiteDialog";

export default function SuitesPage() {
  const suites = useSuites();
  const operator = useRole("operator");
  const admin = useRole("admin");
  const [editing, setEditing] = useState<Suite | "new" | null>(null);
  const columns: Column<Suite>[] = [
    { id: "title", header: "Suite", cell: (suite) => suite.title || suite.name, sort: (suite) => (suite.title || suite.name).toLowerCase() },
    { id: "name", header: "Name", cell: (suite) => suite.name, sort: (suite) => suite.name, width: "12rem", priority: 2 },
    { id: "range", header: "Ports", cell: rangeOf, sort: (suite) => suite.port_range[0], width: "9.5rem" },
    { id: "size", header: "Size", cell: (suite) => formatNumber(sizeOf(suite)), sort: sizeOf, width: "5.5rem", align: "right", priority: 3 },
    {
      id: "strategy",
      header: "Choice of ports",
      cell: (suite) => (suite.strategy === "hash" ? "by name" : "lowest first"),
      sort: (suite) => suite.strategy,
      width: "9.5rem",
      priority: 3,
    },
    { id: "host", header: "Hosts", cell: (suite) => suite.host_template ?? "as set up", width: "11rem", priority: 3 },
  ];
  if (operator) {
    columns.push({
      id: "actions",
      header: "",
      cell: (suite) => <Actions suite={suite} mayRemove={admin && suite.name !== DEFAULT_SUITE} edit={setEditing} />,
      width: "3.5rem",
      align: "right",
    });
  }
  return (
    <Page
      title="Suites"
      up={{ to: "/ports/services", label: "Services" }}
      lead="A suite is a group of services with a range of ports of its own."
      actions={
        operator && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing("new")}>
            Add suite
          </Button>
        )
      }
    >
      <Toolbar aside={suites.data && count(suites.data.length, "suite")}>{null}</Toolbar>
      <Loaded query={suites}>
        {(rows) => (
          <DataTable
            label="Suites"
            columns={columns}
            rows={rows}
            rowKey={(suite) => suite.name}
            rowLink={(suite) => inSuite("/ports/services", suite.name)}
            sort={{ id: "title" }}
            empty={<Empty title="No suites yet" />}
          />
        )}
      </Loaded>
      {editing && <SuiteDialog {...(editing !== "new" && { suite: editing })} onClose={() => setEditing(null)} />}
    </Page>
  );
}

const sizeOf = ({ port_range: [first = 0, end = 0] }: Suite): number => end - first;

const rangeOf = ({ port_range: [first = 0, end = 0] }: Suite): string => `${first} to ${end - 1}`;

function Actions({ suite, mayRemove, edit }: { suite: Suite; mayRemove: boolean; edit: (suite: Suite) => void }) {
  const { remove } = useSuiteActions();
  const askRemove = async () => {
    const yes = await confirm({
      title: `Remove ${suite.title || suite.name}?`,
      body: "All its services are removed with it, and their ports are free again. The processes themselves are left alone.",
      action: "Remove suite",
      typed: suite.name,
    });
    if (!yes) return;
    await remove(suite.name)
      .then(({ message }) => tellDone(message))
      .catch((failure: unknown) => tellProblem(toProblem(failure)));
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${suite.name}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => edit(suite)}>Edit</Menu.Item>
        {mayRemove && (
          <Menu.Item color="red" onClick={() => void askRemove()}>
            Remove
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
