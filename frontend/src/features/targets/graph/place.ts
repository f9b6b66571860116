/** Where the targets of a graph stand, and how the lines between them run. */

import * as namespace from "@dagrejs/dagre";
import type { Web } from "./reach";

/** The module gives all it has under `default`, which its types do not tell. */
const dagre = (namespace as typeof namespace & { default: typeof namespace }).default;

/** Size of a target in pixels. */
export const NODE = { width: 184, height: 44 } as const;
/** Room at the edges, for the focus ring. */
const MARGIN = 6;

/** A graph that is ready to be drawn. */
export interface Placed {
  width: number;
  height: number;
  nodes: { id: number; left: number; top: number }[];
  /** Path data for SVG. */
  lines: { key: string; path: string }[];
}

/** Places who needs at the left and what is needed at the right. */
export function place({ nodes, edges }: Web): Placed {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 56, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(String(id), { ...NODE });
  for (const { from, to } of edges) graph.setEdge(String(from), String(to));
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const spot = (id: number): Point => graph.node(String(id));
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: nodes.map(({ id }) => ({ id, left: spot(id).x - NODE.width / 2, top: spot(id).y - NODE.height / 2 })),
    lines: edges.map(({ from, to }) => {
      // The first and last are where it leaves and arrives, the second one is needless between neighbours.
      const between = graph.edge(String(from), String(to)).points.slice(1, -1);
      const start = { x: spot(from).x + NODE.width / 2, y: spot(from).y };
      const end = { x: spot(to).x - NODE.width / 2, y: spot(to).y };
      return { key: `${from}-${to}`, path: curve([start, ...(between.length > 1 ? between : []), end]) };
    }),
  };
}

interface Point {
  x: number;
  y: number;
}

/** A line through the points that leaves and reaches each of them level. */
function curve(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const before = points[index - 1];
      if (!before) return `M${at(point)}`;
      const middle = (before.x + point.x) / 2;
      return `C${at({ x: middle, y: before.y })} ${at({ x: middle, y: point.y })} ${at(point)}`;
    })
    .join("");
}

const at = ({ x, y }: Point): string => `${x.toFixed(1)},${y.toFixed(1)}`;
