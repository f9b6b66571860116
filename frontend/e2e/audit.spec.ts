import { readFileSync } from "node:fs";
import { type Api, apiOf } from "./api";
import { expectAccessible } from "./axe";
import { expect, test } from "./people";
import { makeSuite, removeSuite } from "./suite";

const SUITE = "e2e-audit";
const PAGE = "/app/audit";

let admin: Api;
test.beforeEach(async ({ as }) => {
  admin = await apiOf(await as("admin", "/app/account"));
});

/** Something of a known name that the log holds. */
async function leaveTrace(): Promise<void> {
  await makeSuite(admin, SUITE, 26300, { "e2e-traced": 26301 });
  await removeSuite(admin, SUITE);
  // The port manager hands its entries over within moments.
  await expect
    .poll(async () => (await admin.get<{ total: number }>(`/api/v1/audit?object_kind=suite&object_id=${SUITE}`)).total, { timeout: 15_000 })
    .toBeGreaterThan(0);
}

test("what was done is found, and seen with its change and its place in the chain", async ({ as }) => {
  await leaveTrace();
  const page = await as("admin", PAGE);
  await page.getByRole("textbox", { name: "Who (name or id)" }).fill("admin");
  await page.getByRole("combobox", { name: "Action, or how it starts" }).fill("suite.deleted");
  await page.getByRole("button", { name: "More filters" }).click();
  await page.getByRole("textbox", { name: "Kind, such as target" }).fill("suite");
  await page.getByRole("textbox", { name: "Id of the object" }).fill(SUITE);
  await expect(page).toHaveURL(new RegExp(`actor=admin.*action=suite\\.deleted.*object_kind=suite.*object_id=${SUITE}`));
  const row = page.getByRole("link", { name: /suite\.deleted/ }).first();
  await expect(row).toContainText(SUITE);
  await row.click();
  const drawer = page.getByRole("dialog");
  const query = new URL(page.url()).searchParams;
  const { entries } = await admin.get<{ entries: { id: number; seq: number; hash: string; request_id: string }[] }>(
    `/api/v1/audit?action=suite.deleted&object_kind=suite&object_id=${SUITE}&limit=50`,
  );
  const shown = entries.find((entry) => String(entry.id) === query.get("entry"));
  await expect(drawer.getByText(shown?.hash ?? "no hash")).toBeVisible();
  await expect(drawer.getByText(shown?.request_id ?? "no request")).toBeVisible();
  await expect(drawer.getByText(String(shown?.seq), { exact: true })).toBeVisible();
  await drawer.getByRole("link", { name: new RegExp(`suite ${SUITE}`) }).click();
  await expect(page).toHaveURL(new RegExp(`/audit\\?object_kind=suite&object_id=${SUITE}$`));
  await expect(page.getByRole("link", { name: /suite\.created/ }).first()).toBeVisible();
});

test("times and outcomes filter, too, and nothing that fits is said", async ({ as }) => {
  const page = await as("admin", PAGE);
  await page.getByRole("button", { name: "More filters" }).click();
  await page.getByLabel("From").fill("2099-01-01T00:00");
  await expect(page).toHaveURL(/from=20(98|99)-/);
  await expect(page.getByText("Nothing fits the filter")).toBeVisible();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(page.getByLabel("From")).toHaveValue("");
  await page.getByRole("combobox", { name: "Outcome" }).click();
  await page.getByRole("option", { name: "Refused" }).click();
  await expect(page).toHaveURL(/outcome=denied/);
  const { total } = await admin.get<{ total: number }>("/api/v1/audit?outcome=denied&limit=1");
  if (total > 0) await expect(page.getByRole("table").getByText("denied").first()).toBeVisible();
  await expect(page.getByRole("table").getByText("ok", { exact: true })).toHaveCount(0);
});

test("a long log is read page by page", async ({ as }) => {
  const page = await as("admin", PAGE);
  await expect(page.getByRole("table", { name: "Audit entries" })).toBeVisible();
  const next = page.waitForRequest((request) => request.url().includes("/v1/audit?") && request.url().includes("skip=100"));
  await page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight));
  await next;
  await expect(page.getByText(/^\d[\d,]* of \d[\d,]*; scroll for more$/).or(page.locator("tbody tr").last()).first()).toBeVisible();
});

test("the chain is verified, and a fault is said plainly", async ({ as }) => {
  const page = await as("admin", PAGE);
  await page.getByRole("button", { name: "Verify the chain" }).click();
  await expect(page.getByText(/entries were checked: none was changed, removed or moved/)).toBeVisible({ timeout: 20_000 });
  await page.route("**/api/v1/audit/verify", async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    await route.fulfill({ response: answer, json: { ...body, valid: false, checked: 41, first_fault: { seq: 42, why: "its hash does not fit" } } });
  });
  await page.getByRole("button", { name: "Verify the chain" }).click();
  await expect(page.getByText("41 entries are right, then entry 42 is wrong: its hash does not fit.")).toBeVisible();
  await page.unroute("**/api/v1/audit/verify");
});

test("what fits the filter is exported, one entry a line", async ({ as }) => {
  await leaveTrace();
  const page = await as("admin", `${PAGE}?object_kind=suite&object_id=${SUITE}`);
  await expect(page.getByRole("link", { name: /suite\.deleted/ }).first()).toBeVisible();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toMatch(/^audit-.*\.jsonl$/);
  const lines = readFileSync(await file.path(), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const { total } = await admin.get<{ total: number }>(`/api/v1/audit?object_kind=suite&object_id=${SUITE}`);
  expect(lines).toHaveLength(total);
  expect(lines.every((entry) => entry.object_id === SUITE)).toBe(true);
});

test("only admins see the log", async ({ as }) => {
  const page = await as("operator", PAGE);
  await expect(page.getByText("Your role may not see this")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Audit" })).toHaveCount(0);
  const operator = await apiOf(await as("operator", "/app/account"));
  expect((await operator.send("GET", "/api/v1/audit")).status()).toBe(403);
});

test("a failure is said, and trying again helps", async ({ as, allowed }) => {
  allowed.push(/500/);
  const page = await as("admin", "/app/account");
  await page.route("**/api/v1/audit?**", (route) => route.fulfill({ status: 500, json: { status: 500, code: "internal", detail: "it broke" } }));
  await page.goto(PAGE);
  await expect(page.getByText("This could not be loaded")).toBeVisible();
  await page.unroute("**/api/v1/audit?**");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("table", { name: "Audit entries" })).toBeVisible();
});

test("the keyboard opens an entry, and everybody can use the page", async ({ as }) => {
  test.slow();
  const page = await as("admin", PAGE);
  await expect(page.getByRole("table", { name: "Audit entries" })).toBeVisible();
  await page.getByRole("button", { name: "More filters" }).click();
  await expectAccessible(page);
  await page.locator("[data-row-link]").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByText("Place in the chain")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});
