/** One row of what is imported, whatever it was written in. */

import type { Metadata, Protocol } from "@/api/targets";

/** A target as somebody wrote it down; what is left out stays as it is, or gets its usual value. */
export interface Row {
  /** Line where it stands, counted from 1. */
  line: number;
  name: string;
  hostname?: string;
  protocol?: Protocol;
  port?: number;
  tags: string[];
  /** Name of a credential. */
  credential?: string;
  metadata: Metadata;
  /** What is wrong with it, in words. */
  faults: string[];
}

/** What a text holds. */
export interface Parsed {
  rows: Row[];
  /** What is wrong with the text as a whole, or with lines that are no rows. */
  faults: { line: number; message: string }[];
}

/** Most rows of one import. */
export const MAX_ROWS = 10_000;

/** Text without the mark that some programs put before it, and with one kind of line end. */
export const cleaned = (text: string): string => text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");

/** What a port is, or why it is none. */
export function readPort(text: string): { port: number } | { fault: string } {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return { port };
  return { fault: `the port “${text}” is not a number from 1 to 65535` };
}

/** A word as a label: small letters, and nothing that a label may not hold. */
export const toTag = (word: string): string =>
  word
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.:=-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 64);
