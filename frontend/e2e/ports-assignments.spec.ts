/** Which service has which port, and reservations. */

import { expectAccessible } from "./axe";
import { expect, test } from "./people";
import { AT, FIRST, given, openActions, portButton, row, SUITE, tidy } from "./ports";
import { PlayedService } from "./service";
import { portsOf } from "./suite";

// Each test makes a suite first, on a machine that does other things, too.
test.describe.configure({ timeout: 60_000 });
test.afterAll(tidy);

test("a port is changed with the keyboard alone", async ({ as, allowed }) => {
  const api = await given(as);
  const page = await as("operator", `/app/ports/assignments?${AT}`);
  await portButton(page, "c-web").focus();
  await page.keyboard.press("Enter");
  const input = page.getByLabel("New port of c-web");
  await expect(input).toBeFocused();
  await page.keyboard.type(String(FIRST + 1));
  await expect(page.getByText(`${FIRST + 1} is assigned to c-api`)).toBeVisible();
  allowed.push(/status of 400/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "assigned to c-api" })).toBeVisible();
  await expect(input).toHaveValue(String(FIRST + 1));
  await page.keyboard.press("Escape");
  await expect(portButton(page, "c-web")).toBeFocused();
  await expect(portButton(page, "c-web")).toHaveText(String(FIRST));

  await page.keyboard.press("Enter");
  await page.keyboard.type("nonsense");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Type a port from 1 to 65535")).toBeVisible();
  await page.keyboard.press("Control+A");
  await page.keyboard.type(String(FIRST + 9));
  await expect(page.getByText(`${FIRST + 9} is free`)).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(portButton(page, "c-web")).toHaveText(String(FIRST + 9));
  await expect(portButton(page, "c-web")).toBeFocused();
  expect(await portsOf(api, SUITE)).toMatchObject({ "c-web": FIRST + 9, "c-api": FIRST + 1 });
});

test("a running service is really moved, and one that does not want to stays", async ({ as, allowed }) => {
  const api = await given(as);
  const web = await new PlayedService("c-web").open(FIRST);
  const stubborn = await new PlayedService("c-api", { stays: true }).open(FIRST + 1);
  try {
    const page = await as("operator", `/app/ports/assignments?${AT}`);
    await portButton(page, "c-web").click();
    await page.keyboard.type(String(FIRST + 20));
    await page.keyboard.press("Enter");
    await expect(portButton(page, "c-web")).toHaveText(String(FIRST + 20), { timeout: 15_000 });
    await expect.poll(() => web.ports).toEqual([FIRST + 20]);
    allowed.push(/status of 400/);
    await portButton(page, "c-api").click();
    await page.keyboard.type(String(FIRST + 21));
    await page.keyboard.press("Enter");
    await expect(page.getByText(/c-api was not moved and stays on port/)).toBeVisible({ timeout: 15_000 });
    expect(await portsOf(api, SUITE)).toMatchObject({ "c-web": FIRST + 20, "c-api": FIRST + 1 });
  } finally {
    await web.close();
    await stubborn.close();
  }
});

test("one is moved to the next free port, released and given another; the history tells it", async ({ as }) => {
  const api = await given(as);
  const page = await as("operator", `/app/ports/assignments?${AT}`);
  const choose = async (item: string) => {
    await openActions(page, "c-db");
    await page.getByRole("menuitem", { name: item }).click();
  };
  await choose("Move to the next free port");
  await expect(portButton(page, "c-db")).not.toHaveText(String(FIRST + 50));
  const moved = (await portsOf(api, SUITE))["c-db"];
  await expect(portButton(page, "c-db")).toHaveText(String(moved));
  await choose("Take the port away");
  await page.getByRole("button", { name: "Take the port" }).click();
  await expect(portButton(page, "c-db")).toHaveText("none");
  expect(await portsOf(api, SUITE)).not.toHaveProperty("c-db");
  await portButton(page, "c-db").click();
  await page.keyboard.type(String(FIRST + 55));
  await page.keyboard.press("Enter");
  await expect(portButton(page, "c-db")).toHaveText(String(FIRST + 55));
  await choose("History");
  const history = page.getByRole("dialog", { name: "Ports of c-db" });
  await expect(history.getByRole("listitem")).toHaveCount(3);
  await expect(history.getByRole("listitem").first()).toContainText(`${FIRST + 55}`);
  await expect(history.getByRole("listitem").first()).toContainText("by operator");
  await expect(history.getByRole("listitem").last()).toContainText("by admin");
});

test("many are changed by a plan: a swap works, what cannot be is left out", async ({ as }) => {
  const api = await given(as);
  const page = await as("operator", `/app/ports/assignments?${AT}`);
  for (const name of ["c-web", "c-api", "c-db"]) await page.getByRole("checkbox", { name: `Choose ${name}` }).check();
  await page.getByRole("button", { name: "Change ports" }).click();
  const dialog = page.getByRole("dialog");
  const field = (name: string) => dialog.getByLabel(`New port of ${name}`);
  await expect(dialog.getByText("Nothing changes yet.")).toBeVisible();
  await field("c-web").fill("x");
  await expect(dialog.getByText("Some of what is typed is no port.")).toBeVisible();
  await field("c-web").fill(String(FIRST + 1));
  await field("c-api").fill(String(FIRST));
  await field("c-db").fill("8100");
  await expect(dialog.getByText("1 change cannot be done.")).toBeVisible();
  await expect(row(page, "c-db").last()).toContainText("port 8100 is assigned to itechsmart-port-manager");
  await expect(dialog.getByRole("button", { name: /^Apply/ })).toBeDisabled();
  await dialog.getByRole("button", { name: "Leave out what cannot be done" }).click();
  await expect(field("c-db")).toHaveValue(String(FIRST + 50));
  await dialog.getByRole("button", { name: "Apply 2 changes" }).click();
  await expect(dialog.getByText("2 changes made")).toBeVisible();
  expect(await portsOf(api, SUITE)).toEqual({ "c-web": FIRST + 1, "c-api": FIRST, "c-db": FIRST + 50 });
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  await expect(portButton(page, "c-web")).toHaveText(String(FIRST + 1));
});

test("many are counted up from a port; a plan that is old is not applied", async ({ as, allowed }) => {
  const api = await given(as);
  const page = await as("operator", `/app/ports/assignments?${AT}`);
  await page.getByRole("checkbox", { name: "Choose all" }).check();
  await page.getByRole("button", { name: "Change ports" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Start port").fill(String(FIRST + 99));
  await dialog.getByRole("button", { name: "Fill with free ports" }).click();
  await expect(dialog.getByText("Only 1 of 3 ports is free from there on")).toBeVisible();
  await dialog.getByLabel("Start port").fill(String(FIRST + 70));
  await dialog.getByRole("button", { name: "Fill with free ports" }).click();
  await expect(dialog.getByRole("button", { name: "Apply 3 changes" })).toBeEnabled();
  allowed.push(/status of 409/);
  const meanwhile = { suite: SUITE, service_id: "c-db", new_port: FIRST + 30 };
  await page.route(
    "**/api/ports/apply*",
    async (route) => {
      await api.must("POST", "/api/ports/reassign", meanwhile);
      await route.continue();
    },
    { times: 1 },
  );
  await dialog.getByRole("button", { name: "Apply 3 changes" }).click();
  await expect(dialog.getByRole("alert")).toContainText("something has changed since that plan was made");
  expect(await portsOf(api, SUITE)).toMatchObject({ "c-web": FIRST, "c-db": FIRST + 30 });
  await dialog.getByRole("button", { name: "Apply 3 changes" }).click();
  await expect(dialog.getByText("3 changes made")).toBeVisible();
  const ports = Object.values(await portsOf(api, SUITE)).sort();
  expect(ports).toEqual([FIRST + 70, FIRST + 71, FIRST + 72]);
});

test("a port is reserved with a reason, refused when it is taken, and given free", async ({ as, allowed }) => {
  const api = await given(as);
  const page = await as("operator", `/app/ports/assignments?${AT}`);
  await page.getByRole("button", { name: "Reserve a port" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Reserve" }).click();
  await expect(dialog.getByText("A port from 1 to 65535")).toBeVisible();
  await dialog.getByLabel("Port").fill(String(FIRST));
  await dialog.getByLabel("Reason").fill("for the test of C");
  await expect(dialog.getByText(`${FIRST} is assigned to c-web`)).toBeVisible();
  allowed.push(/status of 400/);
  await dialog.getByRole("button", { name: "Reserve" }).click();
  await expect(dialog.getByRole("alert")).toContainText(`port ${FIRST} is assigned to c-web`);
  await expect(dialog.getByLabel("Reason")).toHaveValue("for the test of C");
  await dialog.getByLabel("Port").fill(String(FIRST + 61));
  await dialog.getByRole("button", { name: "Reserve" }).click();
  await expect(dialog).toBeHidden();
  await page.getByText(/\d+ reservations?$/).click();
  await expect(row(page, "for the test of C")).toContainText(String(FIRST + 61));
  await row(page, "for the test of C").getByRole("button", { name: /free/ }).click();
  await page.getByRole("button", { name: "Give it free" }).click();
  await expect(row(page, "for the test of C")).toHaveCount(0);
  const { reservations } = await api.get<{ reservations: { first: number }[] }>("/api/ports/reserved");
  expect(reservations.filter((one) => one.first === FIRST + 61)).toEqual([]);
});

test("a viewer reads, and sees nothing that writes", async ({ as }) => {
  await given(as, { "c-web": FIRST, "c-twin": FIRST });
  const page = await as("viewer", `/app/ports/assignments?${AT}&holding=shares+its+port`);
  await expect(row(page, "c-")).toHaveCount(1);
  await expect(page.getByRole("img", { name: "belongs to another service" })).toBeVisible();
  await expect(page.getByRole("checkbox")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Port of|Reserve a port/ })).toHaveCount(0);
  await openActions(page, "c-");
  await expect(page.getByRole("menuitem")).toHaveText(["History"]);
});

test("says when nothing is there, and when it cannot be loaded", async ({ as, allowed }) => {
  await given(as, {});
  const page = await as("viewer", `/app/ports/assignments?${AT}`);
  await expect(page.getByText("No services in this suite")).toBeVisible();
  allowed.push(/status of 404/);
  await page.goto("/app/ports/assignments?suite=c-nowhere");
  await expect(page.getByText("there is no suite c-nowhere")).toBeVisible();
});

test("can be used by everybody", async ({ as }) => {
  test.slow();
  await given(as, { "c-web": FIRST, "c-twin": FIRST });
  const page = await as("operator", `/app/ports/assignments?${AT}`);
  await expect(row(page, "c-web")).toBeVisible();
  await expectAccessible(page);
  await portButton(page, "c-web").click();
  await page.keyboard.type(String(FIRST + 5));
  await expect(page.getByText(`${FIRST + 5} is free`)).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox", { name: "Choose all" }).check();
  await page.getByRole("button", { name: "Change ports" }).click();
  await expect(page.getByText("Nothing changes yet.")).toBeVisible();
  await expectAccessible(page);
});
