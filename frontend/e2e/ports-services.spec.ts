/** Services of the port manager, and their suites. */

import { expectAccessible } from "./axe";
import { expect, test } from "./people";
import { AT, FIRST, given, openActions, row, SUITE, tidy } from "./ports";
import { PlayedService } from "./service";
import { removeSuite } from "./suite";

// Each test makes a suite first, on a machine that does other things, too.
test.describe.configure({ timeout: 60_000 });
test.afterAll(tidy);

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

    await openActions(page, "c-mail");
    await page.getByRole("menuitem", { name: "Edit" }).click();
    await dialog.getByLabel("Title").fill("Post of C");
    await dialog.getByLabel("How it changes its port").click();
    await page.getByRole("option", { name: "Only by hand" }).click();
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(row(page, "Post of C")).toBeVisible();
    expect(await api.get(`/api/services/c-mail?${AT}`)).toMatchObject({ title: "Post of C", movable: "manual", category: "office" });

    await openActions(page, "c-mail");
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
      await openActions(page, name);
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
    test.slow();
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
    await openActions(page, "c-web");
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
    // The question has a row of that name as well: it has to go first.
    await expect(page.getByRole("dialog")).toHaveCount(0);
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
    test.slow();
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
    await openActions(page, "c-more");
    await page.getByRole("menuitem", { name: "Edit" }).click();
    await dialog.getByLabel("Last port").fill("22349");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(row(page, "c-more")).toContainText("22300 to 22349");
    expect(await api.get("/api/suites/c-more")).toMatchObject({ port_range: [22300, 22350], static_band: 10 });

    await openActions(page, "c-more");
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await page.getByLabel("Type c-more to go on").fill("c-more");
    await page.getByRole("button", { name: "Remove suite" }).click();
    await expect(row(page, "c-more")).toHaveCount(0);
  });

  test("an operator removes none, a viewer changes none", async ({ as }) => {
    await given(as);
    const page = await as("operator", "/app/ports/suites");
    await openActions(page, SUITE);
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
