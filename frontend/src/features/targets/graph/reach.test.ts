import { expect, test } from "vitest";
import type { Target } from "@/api/targets";
import { webOf, wholeWeb } from "./reach";

const target = (id: number, ...depends_on: number[]) => ({ id, name: `t${id}`, depends_on }) as Target;
const ids = (nodes: readonly Target[]) => nodes.map(({ id }) => id).sort((a, b) => a - b);

/** 1 needs 2, 2 needs 3 and 4; 5 needs 3; 6 needs 1; 7 stands alone. */
const targets = [target(1, 2), target(2, 3, 4), target(3), target(4), target(5, 3), target(6, 1), target(7)];

test("a web reaches over all levels in both directions, but not sideways", () => {
  const web = webOf(targets, 2, 50);
  expect(ids(web.nodes)).toEqual([1, 2, 3, 4, 6]);
  expect(web.edges).toContainEqual({ from: 1, to: 2 });
  expect(web.edges).toContainEqual({ from: 6, to: 1 });
  expect(web.edges).toHaveLength(4);
  expect(web.left).toBe(0);
});

test("where room is short the nearest stay", () => {
  const web = webOf(targets, 2, 3);
  expect(web.nodes).toHaveLength(3);
  expect(ids(web.nodes)).not.toContain(6);
  expect(web.left).toBe(2);
});

test("a target that is not there, or needs what is not there, does no harm", () => {
  expect(webOf([target(1, 99)], 1, 5)).toMatchObject({ edges: [], left: 0 });
  expect(webOf([], 1, 5).nodes).toEqual([]);
});

test("the whole web leaves out who stands alone", () => {
  const web = wholeWeb(targets, 50);
  expect(ids(web.nodes)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(web.alone).toBe(1);
});
