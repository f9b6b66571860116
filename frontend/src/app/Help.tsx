import { Kbd, Modal, Table } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useSyncExternalStore } from "react";
import { useNavigate } from "react-router";
import { Store } from "@/api/store";

const open = new Store(false);

/** Shows what keys do. */
export const openHelp = (): void => open.set(true);

/** After g, the letter says where. */
const GO: Record<string, [path: string, name: string]> = {
  o: ["/", "overview"],
  r: ["/runs", "runs"],
  j: ["/jobs", "jobs"],
  t: ["/targets", "targets"],
  p: ["/ports", "ports"],
  c: ["/ports/conflicts", "conflicts"],
};
/** The letter has to follow within so many milliseconds. */
const CHORD_MS = 1200;
let pressed = 0;

/** Keys of every page, and the list of them. */
export function Help() {
  const shown = useSyncExternalStore(open.watch, open.get);
  const navigate = useNavigate();
  useHotkeys([
    ["shift+?", openHelp],
    ["?", openHelp],
    ["/", () => document.querySelector<HTMLElement>("[data-search-box]")?.focus()],
    ["g", () => (pressed = Date.now())],
    ...Object.entries(GO).map(([key, [path]]): [string, () => void] => [
      key,
      () => {
        if (Date.now() - pressed < CHORD_MS) void navigate(path);
      },
    ]),
  ]);
  const rows: [string[], string][] = [
    [["Ctrl", "K"], "search, go to any page"],
    [["/"], "search in the list"],
    [["↑", "↓"], "from row to row"],
    [["Enter"], "open the row"],
    [["Esc"], "close what is open"],
    ...Object.entries(GO).map(([key, [, name]]): [string[], string] => [["g", key], `go to ${name}`]),
    [["?"], "this help"],
  ];
  return (
    <Modal opened={shown} onClose={() => open.set(false)} title="Keys" size="sm">
      <Table>
        <Table.Tbody>
          {rows.map(([keys, what]) => (
            <Table.Tr key={what}>
              <Table.Td>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
