import { expect, test } from "vitest";
import type { Plan, Service } from "../api";
import { filled, presentPorts, sumUp, wishedPorts } from "./wishes";

const services = [
  { service_id: "a", port: 80 },
  { service_id: "b", port: null },
  { service_id: "c", port: 82 },
] as Service[];

test("a service without a text keeps what it has, and one that is no port stops all", () => {
  const typed = presentPorts(services);
  expect(typed).toEqual({ a: "80", b: "", c: "82" });
  expect(wishedPorts(typed, typed)).toEqual({});
  expect(wishedPorts({ ...typed, a: " ", b: "90", c: "80" }, typed)).toEqual({ b: 90, c: 80 });
  expect(wishedPorts({ ...typed, b: "99999" }, typed)).toBeNull();
});

test("ports are given in order until there are no more", () => {
  expect(filled({ c: "82" }, services, [100, 101])).toEqual({ a: "100", b: "101", c: "82" });
});

test("a plan is summed up", () => {
  const plan = {
    services: [
      { service_id: "a", action: "move", problem: "taken" },
      { service_id: "b", action: "assign" },
      { service_id: "c", action: "keep" },
      { service_id: "d", action: "leave" },
    ],
  } as Plan;
  expect(sumUp(plan)).toEqual({ changes: 2, refused: ["a"] });
  expect(sumUp(undefined)).toEqual({ changes: 0, refused: [] });
});
