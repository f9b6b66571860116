/** What the form of a target holds, and how it becomes what the service takes. */

import type { Metadata, Protocol, Target } from "@/api/targets";
import type { NewTarget, TargetChanges } from "./api";
import { usualPort } from "./words";

/** Options that the service knows for WinRM. */
interface WinrmOptions {
  winrm_use_https: boolean;
  winrm_validate_cert: boolean;
  winrm_transport: string;
  domain: string;
}

/** One free entry of the metadata. */
interface Note {
  key: string;
  value: string;
}

/** What is typed. */
export interface TargetForm {
  name: string;
  hostname: string;
  protocol: Protocol;
  port: number | string;
  credential_ref: string | null;
  tags: string[];
  depends_on: string[];
  winrm: WinrmOptions;
  notes: Note[];
}

/** Ways to sign in over WinRM; the first one is used unless another is named. */
export const TRANSPORTS = ["ntlm", "basic", "kerberos", "certificate"] as const;
const WINRM_PORTS = { plain: 5985, https: 5986 } as const;
const TAG = /^[a-z0-9][a-z0-9_.:=-]{0,63}$/;

/** The form of a target, or of a new one. */
export function formOf(target?: Target): TargetForm {
  const metadata = target?.metadata ?? {};
  const winrm = target?.protocol === "winrm";
  const text = (key: string) => (winrm && typeof metadata[key] === "string" ? metadata[key] : "");
  const known: readonly string[] = winrm ? ["winrm_use_https", "winrm_validate_cert", "winrm_transport", "domain"] : [];
  return {
    name: target?.name ?? "",
    hostname: target?.hostname ?? "",
    protocol: target?.protocol ?? "ssh",
    port: target?.port ?? 22,
    credential_ref: target?.credential_ref ? String(target.credential_ref) : null,
    tags: target?.tags ?? [],
    depends_on: target?.depends_on.map(String) ?? [],
    winrm: {
      winrm_use_https: metadata["winrm_use_https"] === true,
      winrm_validate_cert: metadata["winrm_validate_cert"] !== false,
      winrm_transport: text("winrm_transport"),
      domain: text("domain"),
    },
    notes: Object.entries(metadata)
      .filter(([key]) => !known.includes(key))
      .map(([key, value]) => ({ key, value: showValue(value) })),
  };
}

/** What is wrong with what was typed, by field; the service looks at it once more. */
export const rules = {
  name: (value: string) => (value.trim() === "" ? "A name that jobs use, such as web-1" : null),
  hostname: hostFault,
  port: (value: number | string) => (isPort(value) ? null : "A number from 1 to 65535"),
  tags: tagFault,
  notes: {
    key: (value: string, { notes }: TargetForm, path: string) => {
      if (value.trim() === "") return "A name";
      const at = Number(path.split(".")[1]);
      return notes.some((note, index) => index < at && note.key.trim() === value.trim()) ? "Used above" : null;
    },
  },
};

/** Whether this can be a port. */
const isPort = (value: number | string): boolean => /^\d+$/.test(String(value)) && Number(value) >= 1 && Number(value) <= 65_535;

/** What is wrong with a host name or address, as far as it is easily seen. */
export function hostFault(value: string): string | null {
  const text = value.trim();
  if (text === "") return "A host name or an address";
  if (text.includes("://")) return "Only the name or address, without a scheme";
  if (/[[\]]/.test(text)) return "An IPv6 address is written without brackets";
  if (/^[^:]+:\d+$/.test(text)) return "Without the port: that is the field beside";
  return /^[A-Za-z0-9.:-]+$/.test(text) ? null : "A host name, an IPv4 or an IPv6 address";
}

/** What is wrong with labels. */
export function tagFault(tags: readonly string[]): string | null {
  const wrong = tags.find((tag) => !TAG.test(tag));
  if (wrong !== undefined) return `“${wrong}” is no tag: use a-z 0-9 _ . : = - and begin with a letter or digit`;
  return tags.length > 50 ? "50 tags at most" : null;
}

/** The port that goes with a change of protocol; one that a person chose stays. */
export function portAfter(before: Protocol, after: Protocol, port: number | string): number | string {
  const usual: (number | string)[] = [usualPort(before), ""];
  if (before === "winrm") usual.push(WINRM_PORTS.https);
  return usual.includes(port) ? usualPort(after) : port;
}

/** The port that goes with TLS over WinRM; one that a person chose stays. */
export function portForHttps(https: boolean, port: number | string): number | string {
  if (port !== WINRM_PORTS.plain && port !== WINRM_PORTS.https) return port;
  return https ? WINRM_PORTS.https : WINRM_PORTS.plain;
}

/** What is sent for a new target. */
export function toTarget(form: TargetForm): Required<NewTarget> {
  return {
    name: form.name.trim(),
    hostname: form.hostname.trim(),
    protocol: form.protocol,
    port: Number(form.port),
    credential_ref: form.credential_ref === null ? null : Number(form.credential_ref),
    tags: form.tags,
    depends_on: form.depends_on.map(Number),
    metadata: toMetadata(form),
  };
}

/** What is sent for a change: only what differs, so that what others changed stays. */
export function toChanges(form: TargetForm, before: Target): TargetChanges {
  const wanted: TargetChanges = toTarget(form);
  const had: TargetChanges = toTarget(formOf(before));
  return Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(had[key as keyof TargetChanges])),
  );
}

function toMetadata({ protocol, winrm, notes }: TargetForm): Metadata {
  const free = Object.fromEntries(notes.map(({ key, value }) => [key.trim(), readValue(value)]));
  if (protocol !== "winrm") return free;
  const options: Metadata = {};
  if (winrm.winrm_use_https) options["winrm_use_https"] = true;
  if (!winrm.winrm_validate_cert) options["winrm_validate_cert"] = false;
  if (winrm.winrm_transport !== "") options["winrm_transport"] = winrm.winrm_transport;
  if (winrm.domain.trim() !== "") options["domain"] = winrm.domain.trim();
  return { ...free, ...options };
}

/** A value as text: words as they are, all else as JSON. */
export function showValue(value: unknown): string {
  return typeof value === "string" && readValue(value) === value ? value : JSON.stringify(value);
}

/** The value of a text: what JSON makes of it, or the text itself. */
export function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
