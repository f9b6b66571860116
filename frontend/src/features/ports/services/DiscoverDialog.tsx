import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { toProblem } from "@/api/problem";
import { type Column, DataTable } from "@/ui/DataTable";
import { tellDone, tellProblem } from "@/ui/feedback";
import { useReturnFocus } from "@/ui/focus";
import { count } from "@/ui/format";
import { Empty, Loaded } from "@/ui/states";
import { useDiscovered, useServiceActions } from "../api";

/** What the Hub knows and the suite does not, to be taken in. */
export function DiscoverDialog({ suite, onClose }: { suite: string; onClose: () => void }) {
  const found = useDiscovered(suite);
  const { create } = useServiceActions(suite);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  useReturnFocus();
  const add = async () => {
    setBusy(true);
    let added = 0;
    try {
      for (const service_id of chosen) {
        await create({ service_id });
        added += 1;
      }
      tellDone(`${count(added, "service")} added; give them ports under Assignments`);
      onClose();
    } catch (failure) {
      tellProblem(toProblem(failure), `${count(added, "service")} added, then it went wrong`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title="Discover services" size="lg">
      <Stack>
        <Loaded query={found}>
          {({ services, unmanaged }) => (
            <>
              <Text size="sm">
                The suite and the Hub know {count(services.length, "service")}.{" "}
                {unmanaged.length > 0 && "These are known to the Hub only, and have no port here:"}
              </Text>
              <div data-scroll style={{ maxHeight: "22rem", overflowY: "auto" }}>
                <DataTable
                  label="Services that only the Hub knows"
                  columns={COLUMNS}
                  rows={unmanaged}
                  rowKey={(name) => name}
                  selection={{ keys: chosen, onChange: setChosen }}
                  empty={<Empty title="Nothing new">All that is known is in this suite already. A Hub that is away tells nothing.</Empty>}
                />
              </div>
            </>
          )}
        </Loaded>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button disabled={chosen.size === 0} loading={busy} onClick={() => void add()}>
            Add {chosen.size > 0 ? count(chosen.size, "service") : "services"}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const COLUMNS: Column<string>[] = [{ id: "name", header: "Service", cell: (name) => name, sort: (name) => name }];
