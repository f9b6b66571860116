import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { type Api, apiOf } from "./api";
import { expectAccessible } from "./axe";
import { expect, test } from "./people";
import { makeSuite, portsOf, removeSuite } from "./suite";

const SUITE = "e2e-configuration";
const BACKUPS = `/app/ports/configuration?suite=${SUITE}`;
const CODE = `${BACKUPS}&tab=code`;
const PORTS = { "e2e-cart": 26200, "e2e-shop": 26201, "e2e-pay": 26202 };

interface Listed {
  backups: { backup_file: string; automatic: boolean; created_by: string }[];
}
const listed = async (api: Api) => (await api.get<Listed>(`/api/ports/backups?suite=${SUITE}`)).backups;
const keep = (api: Api, name: string) => api.must("POST", `/api/ports/backup?suite=${SUITE}&backup_file=${name}`);
const give = (api: Api, service_id: string, port: number) =>
  api.must("POST", "/api/ports/assign", { service_id, port, suite: SUITE });
const documentOf = (ports: Record<string, number | string>, rest = "") =>
  `suite: ${SUITE}\nport_assignments:\n${Object.entries(ports)
    .map(([name, port]) => `  ${name}: ${port}\n`)
    .join("")}${rest}`;
const editorOf = (page: Page) => page.getByRole("textbox", { name: "Wished ports, as YAML" });
/** A name that no run before this one has used: backups are for ever. */
const fresh = (name: string) => `e2e-${name}-${Date.now()}.json`;

/** A port that some of these tests reserve; that outlives the suite. */
const RESERVED = 26260;
const unreserve = () => admin.send("DELETE", `/api/ports/reserve/${RESERVED}`);

let admin: Api;
test.beforeEach(async ({ as }) => {
  admin = await apiOf(await as("admin", "/app/account"));
  await unreserve();
  await makeSuite(admin, SUITE, 26200, PORTS);
});
test.afterEach(async ({ sessions }) => {
  // Pages that are left open would look for the suite.
  for (const context of sessions.values()) for (const page of context.pages()) await page.close({ runBeforeUnload: false });
  await unreserve();
  await removeSuite(admin, SUITE);
});

test("a backup is made, found, downloaded, and restored with its difference shown first", async ({ as }) => {
  const page = await as("admin", BACKUPS);
  await expect(page.getByText("No backups yet")).toBeVisible();
  await page.getByRole("button", { name: "Make a backup" }).click();
  await page.getByLabel("Name").fill("../etc/passwd");
  await page.getByRole("dialog").getByRole("button", { name: "Make a backup" }).click();
  await expect(page.getByText(/without a path/)).toBeVisible();
  const name = fresh("before");
  await page.getByLabel("Name").fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Make a backup" }).click();
  await expect(page.getByRole("button", { name: `Actions for ${name}` })).toBeVisible();
  expect(await listed(admin)).toMatchObject([{ backup_file: name, automatic: false, created_by: "admin" }]);

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Download" }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toBe(name);
  expect(JSON.parse(readFileSync(await file.path(), "utf8")).port_assignments).toEqual(PORTS);

  await give(admin, "e2e-pay", 26255);
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Restore" }).click();
  const dialog = page.getByRole("dialog", { name: `Restore ${name}` });
  await expect(dialog.getByText("1 port would change")).toBeVisible();
  await expect(dialog.getByRole("listitem")).toHaveText(/e2e-pay\s*26255\s*26202/);
  expect((await portsOf(admin, SUITE))["e2e-pay"], "shown, not done").toBe(26255);
  await dialog.getByRole("button", { name: "Restore" }).click();
  await expect(dialog.getByText("1 port changed.")).toBeVisible();
  expect(await portsOf(admin, SUITE)).toEqual(PORTS);

  await dialog.getByRole("button", { name: "Take it back" }).click();
  await expect(page.getByText("1 port would change")).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText("1 port changed.")).toBeVisible();
  expect((await portsOf(admin, SUITE))["e2e-pay"]).toBe(26255);
});

test("a name that is taken is refused, and what was typed is kept", async ({ as, allowed }) => {
  allowed.push(/409/);
  const name = fresh("taken");
  await keep(admin, name);
  const page = await as("operator", BACKUPS);
  await page.getByRole("button", { name: "Make a backup" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Make a backup" }).click();
  await expect(page.getByText(`a backup ${name} exists already`)).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue(name);
});

test("a file from elsewhere is taken over, and one that is no backup is refused", async ({ as, allowed }) => {
  allowed.push(/400/);
  const page = await as("admin", BACKUPS);
  const choose = async (name: string, content: string) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Upload a file" }).click();
    await (await chooser).setFiles({ name, mimeType: "application/json", buffer: Buffer.from(content) });
  };
  await choose("broken.json", "{");
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await expect(page.getByText(/broken.json is no backup file: it is not JSON/)).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await choose("other.json", '{"hello": 1}');
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await expect(page.getByText(/the backup cannot be used/)).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();

  const name = fresh("upload");
  await choose(name, JSON.stringify({ port_assignments: { ...PORTS, "e2e-pay": 26250 }, port_history: {}, reserved_ports: [RESERVED] }));
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Restore" }).click();
  await expect(page.getByText(`Becomes reserved: ${RESERVED}`)).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText("1 port changed.")).toBeVisible();
  expect((await portsOf(admin, SUITE))["e2e-pay"]).toBe(26250);
});

test("a reset shows what it takes and wants the name of the suite", async ({ as }) => {
  const page = await as("admin", BACKUPS);
  await page.getByRole("button", { name: "Reset ports" }).click();
  const dialog = page.getByRole("dialog", { name: `Reset the ports of ${SUITE}` });
  await expect(dialog.getByText("3 ports would change")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Reset" })).toBeDisabled();
  await dialog.getByLabel(`Type ${SUITE} to go on`).fill("itechsmart");
  await expect(dialog.getByRole("button", { name: "Reset" })).toBeDisabled();
  await dialog.getByLabel(`Type ${SUITE} to go on`).fill(SUITE);
  await dialog.getByRole("button", { name: "Reset" }).click();
  await expect(dialog.getByText("3 ports changed.")).toBeVisible();
  expect(await portsOf(admin, SUITE)).toEqual({});
  expect(await listed(admin)).toMatchObject([{ automatic: true }]);
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("button", { name: "Reset ports" }).click();
  await expect(page.getByText("Nothing would change")).toBeVisible();
});

test("a document is planned and applied, and running it again changes nothing", async ({ as }) => {
  const page = await as("operator", CODE);
  await expect(editorOf(page)).toHaveValue(/e2e-cart: 26200/);
  await editorOf(page).fill(documentOf({ "e2e-cart": 26200, "e2e-shop": 26240, "e2e-new": 26241 }, `reserved_ports: [${RESERVED}]\n`));
  await page.getByRole("button", { name: "Show the plan" }).click();
  await expect(page.getByText("2 services and 1 reservation change.")).toBeVisible();
  const plan = page.getByRole("table", { name: "Plan" });
  await expect(plan.getByRole("row", { name: /e2e-shop/ })).toContainText(/26240\s*26201/);
  await expect(plan.getByRole("row", { name: /e2e-new/ })).toContainText("add");
  await page.getByText("All 4", { exact: true }).click();
  await expect(plan.getByRole("row", { name: /e2e-pay/ })).toContainText("leave");
  expect(await portsOf(admin, SUITE), "planned, not done").toEqual(PORTS);

  await page.getByRole("button", { name: "Apply this plan" }).click();
  await expect(page.getByText("2 services and 1 reservation change. Services that run")).toBeVisible();
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(page.getByText("What was done")).toBeVisible();
  expect(await portsOf(admin, SUITE)).toEqual({ ...PORTS, "e2e-shop": 26240, "e2e-new": 26241 });
  await expect(page.getByText("Everything is as the document wishes.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Apply this plan" })).toBeHidden();
});

test("services that a document does not name lose their ports only when that is asked for", async ({ as }) => {
  const page = await as("operator", CODE);
  await editorOf(page).fill(documentOf({ "e2e-cart": 26200 }));
  await page.getByRole("button", { name: "Show the plan" }).click();
  await expect(page.getByText("Everything is as the document wishes.")).toBeVisible();
  await page.getByRole("checkbox", { name: /Take ports away/ }).check();
  await expect(page.getByText(/The document has changed since this plan was made/)).toBeVisible();
  await page.getByRole("button", { name: "Show the plan" }).click();
  await expect(page.getByText("2 services change.")).toBeVisible();
  await page.getByRole("button", { name: "Apply this plan" }).click();
  await expect(page.getByText("2 services will have no port.")).toBeVisible();
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(page.getByText("What was done")).toBeVisible();
  expect(await portsOf(admin, SUITE)).toEqual({ "e2e-cart": 26200 });
});

test("faults of a document are named at their lines", async ({ as, allowed }) => {
  allowed.push(/400/);
  const page = await as("operator", CODE);
  const faults = page.getByRole("status", { name: "Faults of the document" });
  await editorOf(page).fill(documentOf({ "e2e-cart": 26200 }, "reserved_ports: [1, 2\n"));
  await expect(faults).toContainText(/Line 5: Flow sequence/);
  await editorOf(page).fill(documentOf({ "e2e-cart": 26200, "e2e-shop": 70000 }));
  await expect(faults).toBeEmpty();
  await page.getByRole("button", { name: "Show the plan" }).click();
  await expect(faults).toContainText("Line 4: port_assignments.e2e-shop: must be between 1 and 65535");
  await expect(page.getByText(/There is no plan/)).toBeVisible();
  await editorOf(page).fill(documentOf({ "e2e-cart": 26240, "e2e-shop": 26240 }));
  await page.getByRole("button", { name: "Show the plan" }).click();
  await expect(faults).toContainText("Line 3: e2e-cart: port 26240 is declared for e2e-shop, too");
  await expect(page.getByRole("button", { name: "Apply this plan" })).toBeDisabled();
  expect(await portsOf(admin, SUITE)).toEqual(PORTS);
});

test("a plan that is out of date is not applied", async ({ as, allowed }) => {
  allowed.push(/409/);
  const page = await as("operator", CODE);
  await editorOf(page).fill(documentOf({ "e2e-cart": 26240 }));
  await page.getByRole("button", { name: "Show the plan" }).click();
  await expect(page.getByText("1 service changes.")).toBeVisible();
  await page.getByRole("button", { name: "Apply this plan" }).click();
  await give(admin, "e2e-cart", 26245);
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(page.getByText(/something has changed since that plan was made/)).toBeVisible();
  await expect(page.getByRole("row", { name: /e2e-cart/ }), "the new plan is there").toContainText(/26240\s*26245/);
  expect((await portsOf(admin, SUITE))["e2e-cart"]).toBe(26245);
});

test("what was typed is not lost by going elsewhere", async ({ as }) => {
  const page = await as("operator", CODE);
  await editorOf(page).fill(documentOf({ "e2e-cart": 26240 }));
  await page.getByText("Backups", { exact: true }).click();
  await page.getByText("Ports as code", { exact: true }).click();
  await expect(editorOf(page)).toHaveValue(/e2e-cart: 26240/);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Conflicts" }).click();
  await expect(page.getByText("Discard what you typed?")).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(editorOf(page)).toHaveValue(/e2e-cart: 26240/);
  await page.getByRole("button", { name: "Present state" }).click();
  await page.getByRole("button", { name: "Replace" }).click();
  await expect(editorOf(page)).toHaveValue(/e2e-cart: 26200/);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Conflicts" }).click();
  await expect(page.getByRole("heading", { name: "Conflicts" })).toBeVisible();
});

test("a document is loaded from a file, and a backup is opened as one", async ({ as }) => {
  const name = fresh("open");
  await keep(admin, name);
  await give(admin, "e2e-pay", 26250);
  const page = await as("viewer", BACKUPS);
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Open as a document" }).click();
  await expect(editorOf(page)).toHaveValue(new RegExp(`# From the backup ${name}.`));
  await page.getByRole("button", { name: "Show the plan" }).click();
  await expect(page.getByRole("row", { name: /e2e-pay/ })).toContainText(/26202\s*26250/);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Load a file" }).click();
  await (await chooser).setFiles({ name: "w.yaml", mimeType: "text/yaml", buffer: Buffer.from(documentOf({ "e2e-cart": 26299 })) });
  await expect(editorOf(page)).toHaveValue(/e2e-cart: 26299/);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  expect(readFileSync(await (await saved).path(), "utf8")).toBe(documentOf({ "e2e-cart": 26299 }));
});

test("a viewer only reads; an operator sees what only an administrator can do", async ({ as }) => {
  const name = fresh("roles");
  await keep(admin, name);
  const viewed = await as("viewer", BACKUPS);
  await expect(viewed.getByRole("button", { name: `Actions for ${name}` })).toBeVisible();
  await expect(viewed.getByRole("button", { name: "Make a backup" })).toBeHidden();
  await expect(viewed.getByRole("button", { name: "Reset ports" })).toBeHidden();
  await viewed.getByText("Ports as code", { exact: true }).click();
  await editorOf(viewed).fill(documentOf({ "e2e-cart": 26240 }));
  await viewed.getByRole("button", { name: "Show the plan" }).click();
  await expect(viewed.getByText("Operators can apply it")).toBeVisible();

  const page = await as("operator", BACKUPS);
  await expect(page.getByRole("button", { name: "Upload a file" })).toBeDisabled();
  await expect(page.getByRole("button", { name: "Reset ports" })).toBeDisabled();
  await expect(page.getByText("Only administrators can do this.")).toBeVisible();
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await expect(page.getByRole("menuitem", { name: "Restore (administrators only)" })).toBeDisabled();
  const operator = await apiOf(page);
  expect((await operator.send("POST", `/api/ports/reset?suite=${SUITE}`)).status()).toBe(403);
  expect((await operator.send("POST", `/api/ports/restore?suite=${SUITE}&backup_file=${name}`)).status()).toBe(403);
});

test("a failure is said, and trying again helps", async ({ as, allowed }) => {
  allowed.push(/500/);
  const page = await as("viewer", "/app/account");
  const broken = "**/api/ports/backups?**";
  await page.route(broken, (route) => route.fulfill({ status: 500, json: { status: 500, code: "internal", detail: "it broke" } }));
  await page.goto(BACKUPS);
  await expect(page.getByText("This could not be loaded")).toBeVisible();
  await page.unroute(broken);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("No backups yet")).toBeVisible();
});

test("everybody can use the page", async ({ as }) => {
  test.slow();
  const name = fresh("axe");
  await keep(admin, name);
  await give(admin, "e2e-pay", 26250);
  const page = await as("admin", BACKUPS);
  await expect(page.getByRole("button", { name: `Actions for ${name}` })).toBeVisible();
  await expectAccessible(page);
  await page.goto(`${BACKUPS}&restore=${name}`);
  await expect(page.getByText("1 port would change")).toBeVisible();
  await expectAccessible(page);
  await page.goto(CODE);
  await editorOf(page).fill(documentOf({ "e2e-cart": 26240, "e2e-shop": 26240 }));
  await page.getByRole("button", { name: "Show the plan" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row", { name: /^e2e-cart/ })).toBeVisible();
  await expectAccessible(page);
});
