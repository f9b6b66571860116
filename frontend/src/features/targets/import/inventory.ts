/** What an Ansible inventory says, whichever form it is written in, as rows. */

import type { Metadata, Protocol } from "@/api/targets";
import { MAX_ROWS, type Parsed, readPort, type Row, toTag } from "./row";

/** Variables by name; values as text. */
type Vars = ReadonlyMap<string, string>;

/** A group: its hosts with the line and variables of each, its children and variables. */
export interface Group {
  hosts: { name: string; line: number; vars: Vars }[];
  children: string[];
  vars: Map<string, string>;
}

/** Groups by name. */
export class Inventory {
  readonly groups = new Map<string, Group>();
  readonly faults: Parsed["faults"] = [];

  /** The group of this name; made if there was none. */
  group(name: string): Group {
    const known = this.groups.get(name);
    if (known) return known;
    const made: Group = { hosts: [], children: [], vars: new Map() };
    this.groups.set(name, made);
    return made;
  }

  fault(line: number, message: string): void {
    this.faults.push({ line, message });
  }
}

/** Groups that every inventory has; they say nothing of a host. */
const COMMON = new Set(["all", "ungrouped"]);

/** A host with all that was said of it in any place. */
interface Host {
  line: number;
  groups: Set<string>;
  own: Map<string, string>;
}

/** The hosts of an inventory as rows: groups become tags, variables become fields and metadata. */
export function rowsOf(inventory: Inventory): Parsed {
  const hosts = new Map<string, Host>();
  for (const [name, group] of inventory.groups) {
    for (const { name: host, line, vars } of group.hosts) {
      const known = hosts.get(host) ?? { line, groups: new Set<string>(), own: new Map<string, string>() };
      known.groups.add(name);
      for (const [key, value] of vars) known.own.set(key, value);
      hosts.set(host, known);
    }
  }
  const parents = parentsOf(inventory);
  const rows = [...hosts].map(([name, host]) => {
    const groups = withParents(host.groups, parents);
    // The farthest first: what a nearer group says counts more, and what the host says most.
    const vars = new Map([...groups].reverse().flatMap((one) => [...(inventory.groups.get(one)?.vars ?? [])]));
    const common = inventory.groups.get("all")?.vars ?? new Map<string, string>();
    return toRow(name, host.line, [...groups].filter((one) => !COMMON.has(one)), new Map([...common, ...vars, ...host.own]));
  });
  rows.sort((one, other) => one.line - other.line);
  if (rows.length > MAX_ROWS) inventory.fault(rows[MAX_ROWS]?.line ?? 1, `only the first ${MAX_ROWS} hosts are read`);
  return { rows: rows.slice(0, MAX_ROWS), faults: inventory.faults };
}

function parentsOf(inventory: Inventory): Map<string, string[]> {
  const parents = new Map<string, string[]>();
  for (const [name, { children }] of inventory.groups) {
    for (const child of children) parents.set(child, [...(parents.get(child) ?? []), name]);
  }
  return parents;
}

/** The groups and all that they are part of, the nearest first. */
function withParents(own: ReadonlySet<string>, parents: ReadonlyMap<string, string[]>): Set<string> {
  const found = new Set(own);
  for (const name of found) for (const parent of parents.get(name) ?? []) found.add(parent);
  return found;
}

/** Kinds of connection that are ours. */
const CONNECTIONS: Record<string, Protocol> = { ssh: "ssh", paramiko: "ssh", paramiko_ssh: "ssh", smart: "ssh", winrm: "winrm", psrp: "winrm" };

function toRow(name: string, line: number, groups: readonly string[], vars: Vars): Row {
  const row: Row = { line, name, hostname: vars.get("ansible_host") ?? name, tags: [], metadata: {}, faults: [] };
  row.tags = [...new Set(groups.map(toTag))].filter(Boolean).sort();
  const connection = vars.get("ansible_connection") ?? "ssh";
  if (Object.hasOwn(CONNECTIONS, connection)) row.protocol = CONNECTIONS[connection] ?? "ssh";
  else row.faults.push(`ansible_connection is “${connection}”; only ssh and winrm can be targets`);
  const port = vars.get("ansible_port");
  if (port !== undefined) {
    const read = readPort(port);
    if ("port" in read) row.port = read.port;
    else row.faults.push(read.fault);
  }
  row.metadata = notesOf(row.protocol, vars);
  return row;
}

/** What is kept of the variables: the user as a note, and the options of WinRM that we know. */
function notesOf(protocol: Protocol | undefined, vars: Vars): Metadata {
  const notes: Metadata = {};
  const user = vars.get("ansible_user");
  if (user !== undefined) notes["ansible_user"] = user;
  if (protocol !== "winrm") return notes;
  const scheme = vars.get("ansible_winrm_scheme") ?? (vars.get("ansible_port") === "5986" ? "https" : undefined);
  if (scheme === "https") notes["winrm_use_https"] = true;
  if (vars.get("ansible_winrm_server_cert_validation") === "ignore") notes["winrm_validate_cert"] = false;
  const transport = vars.get("ansible_winrm_transport");
  if (transport && ["ntlm", "basic", "kerberos", "certificate"].includes(transport)) notes["winrm_transport"] = transport;
  return notes;
}
