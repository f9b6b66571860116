/** Reads an Ansible inventory in INI form. */

import { Inventory, rowsOf } from "./inventory";
import { expandRange } from "./ranges";
import { cleaned, type Parsed } from "./row";

const SECTION = /^\[([^\]:]+)(?::(\w+))?\]\s*(?:[#;].*)?$/;
/** A word, or a variable whose value may be in quotes. */
const WORD = /(?:[^\s"'=]+=)?(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s])+/g;

/** Where the reading is: in which group, and what its lines are. */
interface Place {
  group: string;
  kind: string;
}

/** Reads hosts; groups become tags. */
export function parseIni(source: string): Parsed {
  const inventory = new Inventory();
  let place: Place = { group: "ungrouped", kind: "hosts" };
  cleaned(source)
    .split("\n")
    .forEach((raw, index) => {
      const text = raw.trim();
      if (text === "" || text.startsWith("#") || text.startsWith(";")) return;
      if (text.startsWith("[") && !text.includes("=")) place = readSection(inventory, text, index + 1) ?? place;
      else readLine(inventory, place, text, index + 1);
    });
  return rowsOf(inventory);
}

function readSection(inventory: Inventory, text: string, line: number): Place | undefined {
  const [, group, kind = "hosts"] = SECTION.exec(text) ?? [];
  if (group === undefined) inventory.fault(line, `“${text}” is no section such as [web], [web:vars] or [prod:children]`);
  else if (!["hosts", "vars", "children"].includes(kind)) inventory.fault(line, `“:${kind}” is none of :vars, :children`);
  else {
    inventory.group(group);
    return { group, kind };
  }
  return undefined;
}

function readLine(inventory: Inventory, { group, kind }: Place, text: string, line: number): void {
  if (kind === "children") {
    const child = text.split(/\s/)[0] ?? text;
    inventory.group(child);
    inventory.group(group).children.push(child);
  } else if (kind === "vars") {
    const [key, value] = readVar(text);
    if (value === undefined) inventory.fault(line, `“${text}” is no variable such as name=value`);
    else inventory.group(group).vars.set(key, value);
  } else readHost(inventory, group, text, line);
}

function readHost(inventory: Inventory, group: string, text: string, line: number): void {
  const [pattern = "", ...words] = (text.replace(/\s#.*$/, "").match(WORD) ?? []).map(String);
  const vars = new Map<string, string>();
  for (const word of words) {
    const [key, value] = readVar(word);
    if (value === undefined) inventory.fault(line, `“${word}” is no variable such as name=value`);
    else vars.set(key, value);
  }
  const port = /^(?!.*:.*:)([^[\]]+|.*\]):(\d+)$/.exec(pattern);
  if (port?.[2] !== undefined) vars.set("ansible_port", port[2]);
  const hosts = expandRange(port?.[1] ?? pattern);
  if ("fault" in hosts) inventory.fault(line, hosts.fault);
  else for (const name of hosts.names) inventory.group(group).hosts.push({ name, line, vars });
}

function readVar(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  if (at < 1) return [text, undefined];
  const value = text.slice(at + 1).trim();
  const quoted = /^(["'])(.*)\1$/.exec(value);
  return [text.slice(0, at).trim(), quoted?.[2] ?? value];
}
