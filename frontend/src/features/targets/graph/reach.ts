/** Which targets are tied to which, over several levels. */

import type { Target } from "@/api/targets";

/** Part of all targets: who is in it, and who needs whom. */
export interface Web {
  nodes: Target[];
  /** From who needs to what is needed. */
  edges: { from: number; to: number }[];
  /** How many were left out for want of room. */
  left: number;
}

/** Ids of the targets that need each one. */
function dependentsOf(targets: readonly Target[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const { id, depends_on } of targets) {
    for (const needed of depends_on) {
      const known = found.get(needed);
      if (known) known.push(id);
      else found.set(needed, [id]);
    }
  }
  return found;
}

/**
 * Everything that a target needs, and everything that needs it, level by level, at most `room` of
 * them. What those others need beside it is not part of it.
 */
export function webOf(targets: readonly Target[], id: number, room: number): Web {
  const byId = new Map(targets.map((target) => [target.id, target]));
  const dependents = dependentsOf(targets);
  const needed = walk(id, (at) => byId.get(at)?.depends_on ?? []);
  const needing = walk(id, (at) => dependents.get(at) ?? []);
  // The nearest first, from both sides in turn.
  const near = interleave(needed.slice(1), needing.slice(1));
  const chosen = new Set([id, ...near.slice(0, room - 1)]);
  const nodes = [...chosen].flatMap((one) => byId.get(one) ?? []);
  return { nodes, edges: edgesAmong(nodes), left: near.length - (chosen.size - 1) };
}

/** All targets that need another or are needed, at most `room` of them. */
export function wholeWeb(targets: readonly Target[], room: number): Web & { alone: number } {
  const dependents = dependentsOf(targets);
  const tied = targets.filter(({ id, depends_on }) => depends_on.length > 0 || dependents.has(id));
  const nodes = tied.slice(0, room);
  return { nodes, edges: edgesAmong(nodes), left: tied.length - nodes.length, alone: targets.length - tied.length };
}

/** Ids that are reached from one, the nearest first; itself is the first. */
function walk(start: number, next: (id: number) => readonly number[]): number[] {
  const found = new Set([start]);
  for (const at of found) for (const id of next(at)) found.add(id);
  return [...found];
}

function interleave(one: readonly number[], other: readonly number[]): number[] {
  const length = Math.max(one.length, other.length);
  return Array.from({ length }, (_, at) => [one[at], other[at]]).flat().filter((id) => id !== undefined);
}

function edgesAmong(nodes: readonly Target[]): Web["edges"] {
  const inside = new Set(nodes.map(({ id }) => id));
  return nodes.flatMap(({ id, depends_on }) => depends_on.filter((to) => inside.has(to)).map((to) => ({ from: id, to })));
}
