import { ActionIcon, Loader, Menu } from "@mantine/core";
import { IconArrowRight, IconDots, IconHistory, IconPlugOff } from "@tabler/icons-react";
import { useState } from "react";
import { toProblem } from "@/api/problem";
import { confirm } from "@/ui/confirm";
import { tellDone, tellProblem } from "@/ui/feedback";
import { type Service, usePortActions } from "../api";

interface Props {
  suite: string;
  service: Service;
  mayWrite: boolean;
  showHistory: () => void;
}

/** What can be done with the port of one service. */
export function AssignmentActions({ suite, service, mayWrite, showHistory }: Props) {
  const { assign, reassign, release } = usePortActions(suite);
  const [busy, setBusy] = useState(false);
  const { service_id: name, title, port } = service;
  const run = async (call: () => Promise<{ message: string }>, failed: string) => {
    setBusy(true);
    await call()
      .then(({ message }) => tellDone(message))
      .catch((failure: unknown) => tellProblem(toProblem(failure), failed));
    setBusy(false);
  };
  const askRelease = async () => {
    if (!port) return;
    const yes = await confirm({
      title: `Take port ${port} from ${title}?`,
      body: "The service has no port then, and is not checked any more. The process itself is left alone. Nobody else is given the port by chance for ten minutes.",
      action: "Take the port",
    });
    if (yes) await run(() => release(name, port), "The port stays");
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for the port of ${title}`} aria-busy={busy}>
          {busy ? <Loader size={16} /> : <IconDots size={16} />}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconHistory size={16} />} onClick={showHistory}>
          History
        </Menu.Item>
        {mayWrite && (
          <>
            <Menu.Item
              leftSection={<IconArrowRight size={16} />}
              onClick={() => void run(() => (port ? reassign(name) : assign(name)), `${title} was not moved`)}
            >
              {port ? "Move to the next free port" : "Give it a free port"}
            </Menu.Item>
            {port && (
              <Menu.Item color="red" leftSection={<IconPlugOff size={16} />} onClick={() => void askRelease()}>
                Take the port away
              </Menu.Item>
            )}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
