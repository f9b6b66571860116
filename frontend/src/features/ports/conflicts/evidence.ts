/** What the port manager saw, as facts for people. */

import * as z from "zod/mini";

const holder = z.object({
  pid: z.optional(z.nullable(z.number())),
  program: z.optional(z.nullable(z.string())),
  since: z.optional(z.nullable(z.string())),
  address: z.optional(z.nullable(z.string())),
  keeper: z.optional(z.nullable(z.string())),
  upstream: z.optional(z.nullable(z.string())),
  first: z.optional(z.nullable(z.number())),
  last: z.optional(z.nullable(z.number())),
});

/** One thing that was seen. */
export interface Seen {
  label: string;
  value: string;
  /** The value is a moment. */
  isTime?: boolean;
}

/** Facts of the evidence, in the order in which they are read; what is not known is left out. */
export function readEvidence(evidence: unknown): Seen[] {
  const read = holder.safeParse(evidence);
  if (!read.success) return [];
  const { pid, program, since, address, keeper, upstream, first, last } = read.data;
  const seen: (Seen | false)[] = [
    !!program && { label: "Program", value: program },
    pid != null && { label: "Process", value: `pid ${pid}` },
    !!since && { label: "Runs since", value: since, isTime: true },
    !!address && { label: "Listens on", value: address },
    keeper !== undefined && { label: "Has the port", value: keeper ?? "none of them" },
    !!upstream && { label: "Gateway sends to", value: upstream },
    first != null && last != null && { label: "Ports", value: `${first} to ${last}` },
  ];
  return seen.filter((one) => one !== false);
}
