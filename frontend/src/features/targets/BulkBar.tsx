import { Button, Group, Text } from "@mantine/core";
import { IconPlugConnected, IconTrash, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Target } from "@/api/targets";
import { confirm } from "@/ui/confirm";
import { count } from "@/ui/format";
import classes from "./Batch.module.css";
import { BatchDialog } from "./BatchDialog";

interface Props {
  chosen: readonly Target[];
  clear: () => void;
}

/** What is done with the targets of a moment. */
type Work = { what: "test" | "delete"; targets: readonly Target[] };

/** What can be done with several targets at once; below the list, so that nothing moves. */
export function BulkBar({ chosen, clear }: Props) {
  const [work, setWork] = useState<Work | null>(null);
  const askDelete = async () => {
    const names = chosen.slice(0, 5).map((target) => target.name);
    const rest = chosen.length - names.length;
    const yes = await confirm({
      title: `Delete ${count(chosen.length, "target")}?`,
      body: `${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}. Jobs that name them cannot run until they are changed. Past runs stay readable. A target that others need is refused.`,
      action: `Delete ${count(chosen.length, "target")}`,
      ...(chosen.length > 20 && { typed: "delete" }),
    });
    if (yes) setWork({ what: "delete", targets: chosen });
  };
  const close = () => {
    // Those that are gone are not chosen any more; after a test one may go on with the same.
    if (work?.what === "delete") clear();
    setWork(null);
  };
  return (
    <Group gap="xs" role="group" aria-label="Chosen targets" className={classes.bar}>
      <Text size="sm" fw={600} component="span">
        {chosen.length} chosen
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconPlugConnected size={15} />}
        onClick={() => setWork({ what: "test", targets: chosen })}
      >
        Test
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        color="red"
        leftSection={<IconTrash size={15} />}
        onClick={() => void askDelete()}
      >
        Delete
      </Button>
      <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconX size={15} />} onClick={clear}>
        Clear
      </Button>
      {work && <BatchDialog what={work.what} targets={work.targets} onClose={close} />}
    </Group>
  );
}
