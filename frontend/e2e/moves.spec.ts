/** Moves of running services: one of our own, which answers the very pages meanwhile. */

import { type Api, apiOf } from "./api";
import { expectAccessible } from "./axe";
import { expect, test } from "./people";
import { row } from "./ports";

const PAGE = "/app/ports/moves?suite=opsconductor";

const move = (api: Api, new_port: number) =>
  api.must("POST", "/api/ports/reassign", { suite: "opsconductor", service_id: "targets", new_port });

test("a service moves while pages are read, and the move shows live", async ({ as }) => {
  test.slow();
  const api = await apiOf(await as("admin", "/app/account"));
  const page = await as("viewer", PAGE);
  await expect(page.getByRole("heading", { name: "Moves" })).toBeVisible();
  for (const [from, to] of [
    [3005, 3145],
    [3145, 3005],
  ] as const) {
    await move(api, to);
    const newest = row(page, `${from} → ${to}`).first();
    await expect(newest).toContainText("moved", { timeout: 10_000 });
    await expect(newest).toContainText(/none lost of \d+ under way/);
    await page.goto("/app/targets");
    await expect(page.getByRole("heading", { name: "Targets" })).toBeVisible();
    await page.goto(PAGE);
  }
  await page.getByLabel("Search moves").fill("no such service");
  await expect(page.getByText("Nothing fits")).toBeVisible();
  await page.getByLabel("Search moves").fill("targets");
  await expectAccessible(page);
});

test("a suite without moves says so, and a fault says what it is", async ({ as, allowed }) => {
  allowed.push(/status of 503/);
  const page = await as("viewer", "/app/account");
  const answer = "**/api/ports/changes?**";
  await page.route(answer, (route) => route.fulfill({ json: { success: true, changes: [] } }));
  await page.goto(PAGE);
  await expect(page.getByText("No running service was moved yet")).toBeVisible();
  await page.unroute(answer);
  await page.route(answer, (route) => route.fulfill({ status: 503, json: { status: 503, title: "Service Unavailable", code: "x", detail: "away" } }));
  await page.reload();
  await expect(page.getByRole("button", { name: /again/i })).toBeVisible();
});
