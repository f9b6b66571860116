/** What an import would do, row by row, before it does anything. */

import { type Credential, FITTING } from "@/api/credentials";
import type { Protocol, Target } from "@/api/targets";
import type { NewTarget, TargetChanges } from "../api";
import { hostFault, tagFault } from "../form";
import { usualPort } from "../words";
import type { Row } from "./row";

/** What a row comes to. */
export type Verdict = "new" | "changed" | "same" | "wrong";

/** A row with what becomes of it. */
export interface Planned {
  row: Row;
  verdict: Verdict;
  /** What is wrong, in words. */
  faults: string[];
  /** The target as it will be. */
  target: Wanted;
  /** What differs from the target of this name, in words. */
  changes: string[];
  /** What has to be called. */
  act: { create: NewTarget } | { change: TargetChanges; id: number } | undefined;
}

/** The fields that an import decides about. */
type Wanted = Required<Pick<NewTarget, "name" | "hostname" | "protocol" | "tags" | "metadata">> & {
  port: number;
  credential_ref: number | null;
};

interface Known {
  targets: readonly Target[];
  credentials: readonly Credential[];
  /** For rows that name none, where it fits their protocol and they have none yet. */
  chosen: Credential | undefined;
}

/** Compares rows with what there is. Tags and metadata are added to; nothing is taken away. */
export function planImport(rows: readonly Row[], { targets, credentials, chosen }: Known): Planned[] {
  const byName = new Map(targets.map((target) => [target.name, target]));
  const byCredential = new Map(credentials.map((credential) => [credential.name, credential]));
  const lines = new Map<string, number>();
  return rows.map((row) => {
    const present = byName.get(row.name);
    const target = wantedOf(row, present);
    const faults = [...row.faults, ...faultsIn(target)];
    const earlier = lines.get(row.name);
    if (earlier !== undefined && row.name !== "") faults.push(`has the same name as line ${earlier}`);
    else lines.set(row.name, row.line);
    const own = row.credential === undefined ? undefined : byCredential.get(row.credential);
    if (row.credential !== undefined) faults.push(...credentialFaults(row.credential, own, target.protocol));
    const fits = chosen?.credential_type === FITTING[target.protocol];
    target.credential_ref = own?.id ?? present?.credential_ref ?? (chosen && fits ? chosen.id : null);
    return judge(row, target, present, faults, credentials);
  });
}

function wantedOf(row: Row, present: Target | undefined): Wanted {
  const protocol = row.protocol ?? present?.protocol ?? "ssh";
  const metadata = { ...present?.metadata, ...row.metadata };
  const usual = protocol === "winrm" && metadata["winrm_use_https"] === true ? 5986 : usualPort(protocol);
  const kept = present?.protocol === protocol ? present.port : undefined;
  return {
    name: row.name,
    hostname: row.hostname ?? present?.hostname ?? row.name,
    protocol,
    port: row.port ?? kept ?? usual,
    tags: [...new Set([...(present?.tags ?? []), ...row.tags])].sort(),
    metadata,
    credential_ref: null,
  };
}

function faultsIn({ name, hostname, tags }: Wanted): string[] {
  const host = hostFault(hostname);
  const tag = tagFault(tags);
  return [
    ...(name.length > 100 ? ["the name has more than 100 characters"] : []),
    ...(host && name !== "" ? [`the host “${hostname}” is wrong: ${host.charAt(0).toLowerCase()}${host.slice(1)}`] : []),
    ...(tag ? [tag] : []),
  ];
}

function credentialFaults(name: string, found: Credential | undefined, protocol: Protocol): string[] {
  if (!found) return [`there is no credential “${name}”`];
  return found.credential_type === FITTING[protocol] ? [] : [`the credential “${name}” does not open ${protocol}`];
}

function judge(row: Row, target: Wanted, present: Target | undefined, faults: string[], credentials: readonly Credential[]): Planned {
  const planned = { row, target, faults, changes: [] as string[], act: undefined };
  if (faults.length > 0) return { ...planned, verdict: "wrong" };
  if (!present) return { ...planned, verdict: "new", act: { create: target } };
  const differing = (Object.keys(target) as (keyof Wanted)[]).filter(
    (field) => JSON.stringify(target[field]) !== JSON.stringify(present[field] ?? null),
  );
  if (differing.length === 0) return { ...planned, verdict: "same" };
  const word = (field: keyof Wanted, of: Wanted | Target) => wordOf(field, of[field], credentials);
  return {
    ...planned,
    verdict: "changed",
    changes: differing.map((field) => `${WORDS[field]} ${word(field, present)} → ${word(field, target)}`),
    act: { id: present.id, change: Object.fromEntries(differing.map((field) => [field, target[field]])) },
  };
}

const WORDS: Record<keyof Wanted, string> = {
  name: "name",
  hostname: "host",
  protocol: "protocol",
  port: "port",
  tags: "tags",
  metadata: "metadata",
  credential_ref: "credential",
};

function wordOf(field: keyof Wanted, value: unknown, credentials: readonly Credential[]): string {
  if (field === "credential_ref") return credentials.find((one) => one.id === value)?.name ?? "none";
  if (field === "tags") return (value as string[]).join(", ") || "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
