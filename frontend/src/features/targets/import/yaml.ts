/** Reads an Ansible inventory in YAML form. */

import { isMap, isScalar, LineCounter, type Node, parseDocument, type Pair, type YAMLMap } from "yaml";
import { Inventory, rowsOf } from "./inventory";
import { expandRange } from "./ranges";
import { cleaned, type Parsed } from "./row";

/** Groups within groups at most; a document that names itself would never end. */
const MAX_DEPTH = 20;

interface Reading {
  inventory: Inventory;
  lineOf: (node: unknown) => number;
}

/** Reads hosts; groups become tags. */
export function parseYaml(source: string): Parsed {
  const counter = new LineCounter();
  const document = parseDocument(cleaned(source), { lineCounter: counter, uniqueKeys: false });
  const inventory = new Inventory();
  for (const { message, pos } of document.errors) inventory.fault(counter.linePos(pos[0]).line, message.split("\n")[0] ?? message);
  const lineOf = (node: unknown) => counter.linePos((node as Node | null)?.range?.[0] ?? 0).line;
  const reading = { inventory, lineOf };
  if (document.errors.length === 0 && document.contents !== null) {
    if (isMap(document.contents)) for (const pair of document.contents.items) readGroup(reading, pair, 0);
    else inventory.fault(1, "the inventory has to begin with groups, such as “all:”");
  }
  return rowsOf(inventory);
}

const nameOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : "");

function readGroup(reading: Reading, pair: Pair, depth: number): void {
  const { inventory, lineOf } = reading;
  const name = nameOf(pair);
  const group = inventory.group(name);
  if (isScalar(pair.value) && pair.value.value === null) return;
  if (!isMap(pair.value) || depth > MAX_DEPTH) {
    inventory.fault(lineOf(pair.key), `the group “${name}” has to hold hosts, children or vars`);
    return;
  }
  for (const part of pair.value.items) {
    const kind = nameOf(part);
    const content = isMap(part.value) ? part.value : undefined;
    if (!["hosts", "vars", "children"].includes(kind)) {
      inventory.fault(lineOf(part.key), `“${kind}” is none of hosts, children, vars`);
    } else if (kind === "hosts") readHosts(reading, name, part, content);
    else if (kind === "vars") for (const [key, value] of varsOf(content)) group.vars.set(key, value);
    else {
      for (const child of content?.items ?? []) {
        group.children.push(nameOf(child));
        readGroup(reading, child, depth + 1);
      }
    }
  }
}

function readHosts({ inventory, lineOf }: Reading, group: string, part: Pair, content: YAMLMap | undefined): void {
  if (!content && isScalar(part.value) && typeof part.value.value === "string") {
    inventory.fault(lineOf(part.value), "hosts are written as keys, each with a colon at its end");
  }
  for (const host of content?.items ?? []) {
    const line = lineOf(host.key);
    const vars = varsOf(isMap(host.value) ? host.value : undefined);
    const names = expandRange(nameOf(host));
    if ("fault" in names) inventory.fault(line, names.fault);
    else for (const name of names.names) inventory.group(group).hosts.push({ name, line, vars });
  }
}

/** Plain values by name; lists and maps mean nothing to a target. */
function varsOf(map: YAMLMap | undefined): Map<string, string> {
  const vars = new Map<string, string>();
  for (const pair of map?.items ?? []) {
    if (isScalar(pair.value) && pair.value.value !== null) vars.set(nameOf(pair), String(pair.value.value));
  }
  return vars;
}
