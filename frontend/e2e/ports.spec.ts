/** The port manager's dashboard, services and assignments. */

import type { Page } from "@playwright/test";
import { type Api, apiOf } from "./api";
import { expectAccessible } from "./axe";
import { expect, type Role, test } from "./people";
import { PlayedService } from "./service";
import { makeSuite, portsOf, removeSuite } from "./suite";

const SUITE = "c-ports";
const FIRST = 22_000;
const AT = `suite=${SUITE}`;
/** Services at the start: web has the first port, db one in the middle. */
const START = { "c-web": FIRST, "c-api": FIRST + 1, "c-db": FIRST + 50 };

type As = (role: Role, path?: string) => Promise<Page>;

/** A suite of its own, and the API as an admin. */
async function given(as: As, ports: Record<string, number> = START): Promise<Api> {
  const api = await apiOf(await as("admin", "/app/account"));
  await makeSuite(api, SUITE, FIRST, ports);
  await api.must("PUT", `/api/suites/${SUITE}`, { host_template: "127.0.0.1", title: "C ports" });
  for (const port of [FIRST + 60, FIRST + 61]) await api.send("DELETE", `/api/ports/reserve/${port}`);
  return api;
}

test.afterAll(async ({ browser, sessions, baseURL }) => {
  const context = sessions.get("admin") ?? (await browser.newContext({ ignoreHTTPSErrors: true, ...(baseURL ? { baseURL } : {}) }));
  const page = await context.newPage();
  await page.goto("/app/account");
  await removeSuite(await apiOf(page), SUITE);
});

const cell = (page: Page, port: number) => page.getByRole("button", { name: new RegExp(`^${port}: `) });
const row = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });
const portButton = (page: Page, name: string) => row(page, name).getByRole("button", { name: /^Port of/ });

test.describe("dashboard", () => {
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
    await given(as, { "c-web": FIRST, "c-twin": FIRST, "c-db": FIRST + 3 });
    const page = await as("operator", `/app/ports?${AT}`);
    await expect(cell(page, FIRST)).toBeVisible();
    await expectAccessible(page);
    await cell(page, FIRST).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page);
  });
});

test.describe("services", () => {
  test("one is added, changed and removed; what is wrong shows at its field", async ({ as, allowed }) => {
    allowed.push(/status of 40[09]/);
    const api = await given(as);
    const page = await as("operator", `/app/ports/services?${AT}`);
    await page.getByRole("button", { name: "Add service" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("c web");
    await dialog.getByLabel("Health path").fill("health");
    await dialog.getByRole("button", { name: "Add service" }).click();
    await expect(dialog.getByText("A word of letters")).toBeVisible();
    await expect(dialog.getByText("A path that starts with /")).toBeVisible();
    await dialog.getByLabel("Name").fill("c-web");
    await dialog.getByLabel("Health path").fill("/up");
    await dialog.getByLabel("Host").fill("not a host");
    await dialog.getByLabel("Title").fill("Mail of C");
    await dialog.getByRole("button", { name: "Add service" }).click();
    await expect(dialog.getByText("must be a host name or an address", { exact: true })).toBeVisible();
    await dialog.getByLabel("Host").fill("");
    await dialog.getByRole("button", { name: "Add service" }).click();
    await expect(dialog.getByText("exists already")).toBeVisible();
    await expect(dialog.getByLabel("Title")).toHaveValue("Mail of C");
    await dialog.getByLabel("Name").fill("c-mail");
    await dialog.getByLabel("Category").fill("office");
    await dialog.getByLabel("Criticality").click();
    await page.getByRole("option", { name: "high" }).click();
    await dialog.getByLabel("Services that it calls").click();
    await page.getByRole("option", { name: "c-db" }).click();
    await page.keyboard.press("Tab");
    await dialog.getByRole("button", { name: "Add service" }).click();
    await expect(dialog).toBeHidden();
    expect(await api.get(`/api/services/c-mail?${AT}`)).toMatchObject({
      title: "Mail of C", category: "office", criticality: "high", depends_on: ["c-db"], health_path: "/up", host: null,
    });

    await row(page, "c-mail").getByRole("button", { name: /^Actions/ }).click();
    await page.getByRole("menuitem", { name: "Edit" }).click();
    await dialog.getByLabel("Title").fill("Post of C");
    await dialog.getByLabel("How it changes its port").click();
    await page.getByRole("option", { name: "Only by hand" }).click();
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(row(page, "Post of C")).toBeVisible();
    expect(await api.get(`/api/services/c-mail?${AT}`)).toMatchObject({ title: "Post of C", movable: "manual", category: "office" });

    await row(page, "c-mail").getByRole("button", { name: /^Actions/ }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await expect(page.getByRole("button", { name: "Remove service" })).toBeDisabled();
    await page.getByLabel("Type c-mail to go on").fill("c-mail");
    await page.getByRole("button", { name: "Remove service" }).click();
    await expect(row(page, "c-mail")).toHaveCount(0);
    expect((await api.send("PUT", `/api/services/c-mail?${AT}`, {})).status()).toBe(404);
  });

  test("one restarts after a question, and the page says why one does not", async ({ as, allowed }) => {
    const api = await given(as);
    await api.must("PUT", `/api/services/c-api?${AT}`, { depends_on: ["c-web"] });
    const web = await new PlayedService("c-web").open(FIRST);
    const page = await as("operator", `/app/ports/services?${AT}`);
    const ask = async (name: string) => {
      await row(page, name).getByRole("button", { name: /^Actions/ }).click();
      await page.getByRole("menuitem", { name: "Restart" }).click();
    };
    try {
      await ask("c-web");
      await expect(page.getByRole("dialog")).toContainText("called by c-api");
      await page.getByRole("button", { name: "Cancel" }).click();
      expect(web.restarts).toBe(0);
      await ask("c-web");
      await page.getByRole("button", { name: "Restart", exact: true }).click();
      await expect(page.getByText("Service c-web restarts, by itself")).toBeVisible();
      expect(web.restarts).toBe(1);
    } finally {
      await web.close();
    }
    allowed.push(/status of 400/);
    await ask("c-db");
    await page.getByRole("button", { name: "Restart", exact: true }).click();
    await expect(page.getByText(/service c-db was not restarted: /)).toBeVisible();
  });

  test("health comes in by itself, with the latency", async ({ as }) => {
    await given(as);
    const page = await as("viewer", `/app/ports/services?${AT}`);
    await expect(row(page, "c-web")).not.toContainText(/\bhealthy/);
    const web = await new PlayedService("c-web").open(FIRST);
    try {
      await expect(row(page, "c-web").getByText("healthy", { exact: true })).toBeVisible({ timeout: 25_000 });
      await expect(row(page, "c-web")).toContainText(/\d+ ms/);
    } finally {
      await web.close();
    }
  });

  test("filters are in the address", async ({ as }) => {
    const api = await given(as);
    await api.must("PUT", `/api/services/c-db?${AT}`, { category: "stores", criticality: "critical" });
    const page = await as("viewer", `/app/ports/services?${AT}&criticality=critical`);
    await expect(row(page, "c-db")).toBeVisible();
    await expect(row(page, "c-web")).toHaveCount(0);
    await page.getByLabel("Search services").fill("nothing like it");
    await expect(page.getByText("Nothing fits the filter")).toBeVisible();
    expect(page.url()).toContain("q=nothing");
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await expect(row(page, "c-web")).toBeVisible();
    expect(page.url()).toContain(AT);
    await page.getByRole("combobox", { name: "Category" }).click();
    await page.getByRole("option", { name: "stores" }).click();
    await expect(row(page, "c-web")).toHaveCount(0);
    expect(page.url()).toContain("category=stores");
  });

  test("a viewer sees nothing that writes", async ({ as }) => {
    await given(as);
    const page = await as("viewer", `/app/ports/services?${AT}`);
    await expect(row(page, "c-web")).toBeVisible();
    await expect(page.getByRole("button", { name: "Add service" })).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Discover" })).toHaveCount(0);
    await row(page, "c-web").getByRole("button", { name: /^Actions/ }).click();
    await expect(page.getByRole("menuitem")).toHaveText(["Check now"]);
    await page.goto(`/app/ports/services?${AT}&new=yes`);
    await expect(row(page, "c-web")).toBeVisible();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });

  test("what only the Hub knows is taken in", async ({ as }) => {
    const api = await given(as);
    const page = await as("operator", `/app/ports/services?${AT}`);
    await page.route("**/api/services/discover*", (route) =>
      route.fulfill({ json: { success: true, services: ["c-web", "c-new"], count: 2, unmanaged: ["c-new"] } }),
    );
    await page.getByRole("button", { name: "Discover" }).click();
    await page.getByRole("checkbox", { name: "Choose c-new" }).check();
    await page.getByRole("button", { name: "Add 1 service" }).click();
    await expect(row(page, "c-new")).toBeVisible();
    expect(await api.get(`/api/services/c-new?${AT}`)).toMatchObject({ port: null });
  });

  test("ten thousand of them stay fast", async ({ as }) => {
    await given(as);
    const page = await as("operator", "/app/account");
    const services = Array.from({ length: 10_000 }, (_, index) => ({
      service_id: `s-${index}`, title: `Service ${index}`, category: "many", criticality: "normal", host: null, health_path: "/health",
      movable: "live", maintenance: false, port: 1000 + index, has_claim: true, default_port: null, pid: null, depends_on: [],
    }));
    await page.route(/\/api\/services\?/, (route) => route.fulfill({ json: { services, total: services.length } }));
    for (const place of ["services", "assignments"]) {
      await page.goto(`/app/ports/${place}?${AT}`);
      await expect(page.getByRole("table")).toHaveAttribute("aria-rowcount", "10001");
      expect(await page.getByRole("row").count()).toBeLessThan(80);
      await page.getByLabel(/^Search services/).fill("Service 9999");
      await expect(page.getByText("s-9999")).toBeVisible({ timeout: 1500 });
    }
  });

  test("can be used by everybody", async ({ as }) => {
    await given(as);
    const page = await as("operator", `/app/ports/services?${AT}`);
    await expect(row(page, "c-web")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Add service" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page);
  });
});

test.describe("suites", () => {
  test("an admin adds, changes and removes one", async ({ as, allowed }) => {
    allowed.push(/status of 400/);
    const api = await given(as);
    await removeSuite(api, "c-more");
    const page = await as("admin", "/app/ports/suites");
    await page.getByRole("button", { name: "Add suite" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("C More");
    await dialog.getByLabel("First port").fill("22300");
    await dialog.getByLabel("Last port").fill("22200");
    await dialog.getByRole("button", { name: "Add suite" }).click();
    await expect(dialog.getByText("A word of a-z")).toBeVisible();
    await expect(dialog.getByText("Not below the first port")).toBeVisible();
    await dialog.getByLabel("Name").fill("c-more");
    await dialog.getByLabel("Last port").fill("22399");
    await dialog.getByLabel("Ports on request only").fill("500");
    await dialog.getByRole("button", { name: "Add suite" }).click();
    await expect(dialog.getByText("must fit into port_range", { exact: true })).toBeVisible();
    await dialog.getByLabel("Ports on request only").fill("10");
    await dialog.getByRole("button", { name: "Add suite" }).click();
    await expect(row(page, "c-more")).toContainText("22300 to 22399");
    await row(page, "c-more").getByRole("button", { name: /^Actions/ }).click();
    await page.getByRole("menuitem", { name: "Edit" }).click();
    await dialog.getByLabel("Last port").fill("22349");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(row(page, "c-more")).toContainText("22300 to 22349");
    expect(await api.get("/api/suites/c-more")).toMatchObject({ port_range: [22300, 22350], static_band: 10 });

    await row(page, "c-more").getByRole("button", { name: /^Actions/ }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await page.getByLabel("Type c-more to go on").fill("c-more");
    await page.getByRole("button", { name: "Remove suite" }).click();
    await expect(row(page, "c-more")).toHaveCount(0);
  });

  test("an operator removes none, a viewer changes none", async ({ as }) => {
    await given(as);
    const page = await as("operator", "/app/ports/suites");
    await row(page, SUITE).getByRole("button", { name: /^Actions/ }).click();
    await expect(page.getByRole("menuitem")).toHaveText(["Edit"]);
    const viewer = await as("viewer", "/app/ports/suites");
    await expect(row(viewer, SUITE)).toBeVisible();
    await expect(viewer.getByRole("button", { name: /Add suite|^Actions/ })).toHaveCount(0);
    await row(viewer, SUITE).getByRole("link").click();
    await expect(row(viewer, "c-web")).toBeVisible();
    await viewer.goto("/app/ports/suites");
    await expectAccessible(viewer);
  });
});

test.describe("assignments", () => {
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
      await row(page, "c-db").getByRole("button", { name: /^Actions/ }).click();
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
    await row(page, "c-").getByRole("button", { name: /^Actions/ }).click();
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
});
