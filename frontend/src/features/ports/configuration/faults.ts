/** Faults of a document of wished ports, each at its line. */

import { isMap, isScalar, isSeq, LineCounter, type Document, type Node, parseDocument, stringify } from "yaml";
import type { Problem } from "@/api/problem";
import type { Plan } from "./api";

/** What is wrong in one line, counted from 1. */
export interface LineFault {
  line: number;
  message: string;
}

/** What of the document is no YAML. */
export function findSyntaxFaults(text: string): LineFault[] {
  const lines = new LineCounter();
  const { errors } = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  return errors.map((error) => ({ line: lines.linePos(error.pos[0]).line, message: error.message }));
}

/** What the port manager said against the document, or against its plan. */
export function findFaults(text: string, problem: Problem | null, plan: Plan | undefined): LineFault[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (path: string) => {
    const place = findPlace(document, path);
    return place === undefined ? 1 : lines.linePos(place).line;
  };
  if (problem) {
    if (problem.status !== 400) return [];
    if (problem.errors.length === 0) return [{ line: Number(/\bline (\d+)/.exec(problem.detail)?.[1] ?? 1), message: problem.detail }];
    return problem.errors.map(({ field, detail }) => ({ line: lineOf(field), message: `${field}: ${detail}` }));
  }
  return (plan?.services ?? []).flatMap(({ service_id, problem: why }) =>
    why ? [{ line: lineOf(`port_assignments.${service_id}`), message: `${service_id}: ${why}` }] : [],
  );
}

/** Where `port_assignments.web` or `reserved_ports[1]` begins; what holds it, if it is not there itself. */
function findPlace(document: Document, path: string): number | undefined {
  const [, name = path, index, key] = /^([^.[]+)(?:\[(\d+)\]|\.(.+))?$/s.exec(path) ?? [];
  const root = document.contents;
  if (!isMap(root)) return undefined;
  const pair = root.items.find((one) => isScalar(one.key) && one.key.value === name);
  if (!pair) return undefined;
  const own = startOf(pair.key);
  if (index !== undefined && isSeq(pair.value)) return startOf(pair.value.items[Number(index)]) ?? own;
  if (key !== undefined && isMap(pair.value)) {
    const inner = pair.value.items.find((one) => isScalar(one.key) && String(one.key.value) === key);
    return startOf(inner?.key) ?? own;
  }
  return own;
}

const startOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];

/** A backup file as a document that can be edited, planned and applied. */
export function toDocument(backup: string, suite: string, name: string): string {
  const { port_assignments, reserved_ports } = JSON.parse(backup) as Record<string, unknown>;
  return `# From the backup ${name}.\n${stringify({ suite, port_assignments, reserved_ports: reserved_ports ?? [] })}`;
}
