/** The dashboard of the port manager. */

import { expectAccessible } from "./axe";
import { expect, test } from "./people";
import { AT, cell, FIRST, given, SUITE, tidy } from "./ports";
import { PlayedService } from "./service";

// Each test makes a suite first, on a machine that does other things, too.
test.describe.configure({ timeout: 60_000 });
test.afterAll(tidy);

test("shows each port, and a change made elsewhere within two seconds", async ({ as }) => {
  const api = await given(as);
  const page = await as("viewer", `/app/ports?${AT}`);
  await expect(cell(page, FIRST)).toHaveAttribute("data-state", "silent");
  await expect(cell(page, FIRST + 7)).toHaveAttribute("data-state", "free");
  await expect(page.getByRole("img", { name: /Live/ })).toBeVisible();
  await api.must("POST", "/api/ports/reassign", { suite: SUITE, service_id: "c-web", new_port: FIRST + 7 });
  await expect(cell(page, FIRST + 7)).toHaveAttribute("data-state", "silent", { timeout: 2000 });
  await expect(cell(page, FIRST)).toHaveAttribute("data-state", "free", { timeout: 2000 });
  await expect(page.getByRole("list", { name: "Recent events" })).toContainText(`c-web moved from ${FIRST} to ${FIRST + 7}`, { timeout: 2000 });
});

test("tells a service that begins to answer from one that is silent", async ({ as }) => {
    test.slow();
  await given(as);
  const page = await as("viewer", `/app/ports?${AT}`);
  await expect(cell(page, FIRST)).toHaveAttribute("data-state", "silent");
  const web = await new PlayedService("c-web").open(FIRST);
  try {
    await expect(cell(page, FIRST)).toHaveAttribute("data-state", "listening", { timeout: 25_000 });
    await expect(page.getByRole("img", { name: /1 healthy/ })).toBeVisible({ timeout: 25_000 });
  } finally {
    await web.close();
  }
});

test("leads from port to port with the arrow keys, and tells all of one", async ({ as }) => {
  const api = await given(as);
  const page = await as("operator", `/app/ports?${AT}`);
  const map = page.getByRole("group", { name: /arrow keys/ });
  await expect(map.locator('[tabindex="0"]')).toHaveCount(1);
  await cell(page, FIRST).focus();
  await page.keyboard.press("ArrowDown");
  await expect(cell(page, FIRST + 50)).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowRight");
  await expect(cell(page, FIRST + 1)).toBeFocused();
  await page.keyboard.press("End");
  await expect(cell(page, FIRST + 99)).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  const details = page.getByRole("dialog", { name: `Port ${FIRST}` });
  await expect(details.getByRole("link", { name: "c-web" })).toBeVisible();
  await expect(details).toContainText("nobody on this machine");
  await page.keyboard.press("Escape");
  await expect(details).toBeHidden();
  await expect(cell(page, FIRST)).toBeFocused();

  await cell(page, FIRST + 60).click();
  const free = page.getByRole("dialog", { name: `Port ${FIRST + 60}` });
  await free.getByLabel("Reason").fill("c test");
  await free.getByRole("button", { name: "Reserve this port" }).click();
  await expect(cell(page, FIRST + 60)).toHaveAttribute("data-state", "reserved");
  const { reservations } = await api.get<{ reservations: { first: number; reason: string }[] }>("/api/ports/reserved");
  expect(reservations).toContainEqual({ first: FIRST + 60, last: FIRST + 60, reason: "c test" });
  await free.getByRole("button", { name: "Give it free" }).click();
  await expect(cell(page, FIRST + 60)).toHaveAttribute("data-state", "free");
});

test("marks a conflict, and lets a viewer reserve nothing", async ({ as }) => {
  await given(as, { "c-web": FIRST, "c-twin": FIRST });
  const page = await as("viewer", `/app/ports?${AT}`);
  await expect(cell(page, FIRST)).toHaveAttribute("data-state", "conflict");
  await expect(page.getByRole("link", { name: "See what is wrong" })).toBeVisible();
  await cell(page, FIRST + 60).click();
  await expect(page.getByRole("dialog", { name: `Port ${FIRST + 60}` })).toContainText("free");
  await expect(page.getByRole("button", { name: "Reserve this port" })).toHaveCount(0);
});

test("says when it has nothing, and when it cannot be loaded", async ({ as, allowed }) => {
  await given(as, {});
  const page = await as("viewer", `/app/ports?${AT}`);
  await expect(page.getByText("No services yet")).toBeVisible();
  await expect(page.getByText("none: all are taken")).toHaveCount(0);
  allowed.push(/status of 500/);
  await page.route("**/api/ports/statistics*", (route) =>
    route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"detail":"the database is away"}' }),
  );
  await page.reload();
  await expect(page.getByText("the database is away").first()).toBeVisible();
  await page.unroute("**/api/ports/statistics*");
  await page.getByRole("button", { name: "Try again" }).first().click();
  await expect(cell(page, FIRST)).toBeVisible();
});

test("can be used by everybody", async ({ as }) => {
  test.slow();
  await given(as, { "c-web": FIRST, "c-twin": FIRST, "c-db": FIRST + 3 });
  const page = await as("operator", `/app/ports?${AT}`);
  await expect(cell(page, FIRST)).toBeVisible();
  await expectAccessible(page);
  await cell(page, FIRST).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page);
});
