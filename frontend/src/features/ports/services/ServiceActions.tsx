import { ActionIcon, Loader, Menu } from "@mantine/core";
import { IconActivityHeartbeat, IconDots, IconEdit, IconRefresh, IconTool, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { Problem, toProblem } from "@/api/problem";
import { confirm } from "@/ui/confirm";
import { tellDone, tellProblem } from "@/ui/feedback";
import { type Service, useServiceActions } from "../api";

interface Props {
  suite: string;
  service: Service;
  /** Services that call this one. */
  dependents: readonly string[];
  mayWrite: boolean;
  edit: (service: Service) => void;
}

/** What can be done with one service. */
export function ServiceActions({ suite, service, dependents, mayWrite, edit }: Props) {
  const { busy, check, restart, remove, keep } = useActs(suite, service, dependents);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${service.title}`} aria-busy={busy}>
          {busy ? <Loader size={16} /> : <IconDots size={16} />}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconActivityHeartbeat size={16} />} onClick={() => void check()}>
          Check now
        </Menu.Item>
        {mayWrite && (
          <>
            <Menu.Item leftSection={<IconRefresh size={16} />} onClick={() => void restart()}>
              Restart
            </Menu.Item>
            <Menu.Item leftSection={<IconTool size={16} />} onClick={() => void keep()}>
              {service.maintenance ? "End the maintenance" : "Begin a maintenance"}
            </Menu.Item>
            <Menu.Item leftSection={<IconEdit size={16} />} onClick={() => edit(service)}>
              Edit
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => void remove()}>
              Remove
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The acts, each with its question and what is said after it. */
function useActs(suite: string, service: Service, dependents: readonly string[]) {
  const actions = useServiceActions(suite);
  const [busy, setBusy] = useState(false);
  const name = service.service_id;
  const run = async (call: () => Promise<string>, failed: string) => {
    setBusy(true);
    await call()
      .then(tellDone)
      .catch((failure: unknown) => tellProblem(toProblem(failure), failed));
    setBusy(false);
  };
  const check = () =>
    run(async () => {
      const { healthy, detail, port } = await actions.check(name);
      if (!healthy) throw new Problem(0, "client.unhealthy", `${name} on port ${port} ${detail}`);
      return `${name} on port ${port} ${detail}`;
    }, `${service.title} is not well`);
  const restart = async () => {
    const yes = await confirm({
      title: `Restart ${service.title}?`,
      body: <RestartWarning service={service} dependents={dependents} />,
      action: "Restart",
    });
    if (yes) await run(async () => (await actions.restart(name)).message, `${service.title} was not restarted`);
  };
  const remove = async () => {
    const yes = await confirm({
      title: `Remove ${service.title}?`,
      body: `${service.port ? `Port ${service.port} is free again. ` : ""}The process itself is left alone; its history here is lost.`,
      action: "Remove service",
      typed: name,
    });
    if (yes) await run(async () => (await actions.remove(name)).message, `${service.title} was not removed`);
  };
  const keep = () =>
    run(async () => {
      await actions.change(name, { maintenance: !service.maintenance });
      return service.maintenance ? `The health of ${name} counts again` : `${name} is in maintenance`;
    }, "That did not work");
  return { busy, check, restart, remove, keep };
}

function RestartWarning({ service, dependents }: { service: Service; dependents: readonly string[] }) {
  return (
    <>
      <p>
        The Hub is asked to start it again; if the Hub does not, the service itself is
        {service.port ? ` asked on port ${service.port}` : ", but it has no port to be asked on"}. It is away for a moment.
      </p>
      <p>
        Its criticality is <b>{service.criticality}</b>.{" "}
        {dependents.length > 0 && (
          <>
            It is called by <b>{dependents.join(", ")}</b>.
          </>
        )}
      </p>
    </>
  );
}
