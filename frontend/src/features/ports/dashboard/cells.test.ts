import { expect, test } from "vitest";
import type { Listener, PortConflict, Service, ServiceStatus } from "../api";
import { cellsOf, countStates, lineOf } from "./cells";

const service = (service_id: string, port: number | null) => ({ service_id, port }) as Service;
const listener = (port: number, pid: number | null = 7) => ({ port, pid, program: pid ? "nginx" : null }) as Listener;
const conflict = (port: number, state: PortConflict["state"]) => ({ port, state }) as PortConflict;

test("each port has the worst state that is known of it", () => {
  const cells = cellsOf(10, 20, {
    services: [service("up", 10), service("far", 11), service("down", 12), service("a", 13), service("b", 13), service("none", null)],
    statuses: [{ service_id: "far", status: "degraded" } as ServiceStatus, { service_id: "down", status: "unhealthy" } as ServiceStatus],
    listeners: [listener(10), listener(16), listener(17, null), listener(99)],
    reservations: [{ first: 5, last: 15, reason: "for tests" }],
    conflicts: [conflict(13, "open"), conflict(12, "suppressed")],
  });
  expect(cells.map((cell) => cell.state)).toEqual([
    "listening", "listening", "silent", "conflict", "reserved", "reserved", "stranger", "stranger", "free", "free",
  ]);
  expect(lineOf(cells[3] ?? raise())).toBe("13: conflict, a, b");
  expect(lineOf(cells[4] ?? raise())).toBe("14: reserved, for tests");
  expect(lineOf(cells[6] ?? raise())).toBe("16: a stranger listens, nginx (pid 7)");
  expect(lineOf(cells[8] ?? raise())).toBe("18: free");
  expect(countStates(cells)).toEqual({ free: 2, listening: 2, silent: 1, reserved: 2, stranger: 2, conflict: 1 });
});

function raise(): never {
  throw new Error("no such cell");
}
