import { type Api, apiOf } from "./api";
import { expectAccessible } from "./axe";
import { expect, test } from "./people";
import { makeSuite, portsOf, removeSuite } from "./suite";

const SUITE = "e2e-conflicts";
const PAGE = `/app/ports/conflicts?suite=${SUITE}`;
const DUPLICATE = { "e2e-web": 26100, "e2e-api": 26101, "e2e-mail": 26102 };

interface Listed {
  conflicts: { type: string; port: number; state: string; note?: string; noted_by?: string }[];
}
const listed = (api: Api) => api.get<Listed>(`/api/ports/conflicts?suite=${SUITE}&suppressed=true`);
const force = (api: Api, service_id: string, port: number) =>
  api.must("POST", "/api/ports/assign", { service_id, port, suite: SUITE, force: true });

let admin: Api;
test.beforeEach(async ({ as }) => {
  admin = await apiOf(await as("admin", "/app/account"));
  await makeSuite(admin, SUITE, 26100, DUPLICATE);
});
test.afterEach(async ({ sessions }) => {
  // Pages that are left open would look for the suite.
  for (const context of sessions.values()) for (const page of context.pages()) await page.close();
  await removeSuite(admin, SUITE);
});

test("a new conflict shows at once, is explained, and is resolved", async ({ as }) => {
  const page = await as("operator", PAGE);
  await expect(page.getByText("All is well")).toBeVisible();
  await expect(page.getByText(/Looked just now/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Resolve" })).toBeDisabled();

  await force(admin, "e2e-api", 26100);
  const row = page.getByRole("link", { name: /Two services on one port/ });
  await expect(row).toBeVisible({ timeout: 2000 });
  // What is resolved before the next look is not remembered.
  await page.getByRole("button", { name: "Look now" }).click();
  await expect(page.getByText("Looked: 1 conflict")).toBeVisible();

  await row.click();
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByText("26100 is declared for e2e-api and e2e-web")).toBeVisible();
  await expect(drawer.getByText(/Only the first that starts gets it/)).toBeVisible();
  await expect(drawer.getByText(/moves to 26\d\d\d, because port 26100/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();

  await page.getByRole("button", { name: "Resolve" }).click();
  const dialog = page.getByRole("dialog", { name: "Resolve by moving services" });
  await expect(dialog.getByText(/because port 26100 is also declared by/)).toBeVisible();
  await expect(dialog.getByText(/no other plan interrupts less/)).toBeVisible();
  expect((await listed(admin)).conflicts, "nothing is done before it is confirmed").toHaveLength(1);
  await dialog.getByRole("button", { name: "Move 1 service" }).click();
  await expect(page.getByRole("dialog", { name: "What was done" }).getByText("1 service moved.")).toBeVisible();
  await page.getByRole("button", { name: "Close", exact: true }).last().click();
  await expect(page.getByText("All is well")).toBeVisible();

  const ports = await portsOf(admin, SUITE);
  expect(new Set(Object.values(ports)).size).toBe(3);
  await page.getByText("History", { exact: true }).click();
  await expect(page.getByRole("link", { name: /Two services on one port/ })).toBeVisible();
});

test("a conflict is acknowledged, suppressed and reopened, with a note", async ({ as }) => {
  await force(admin, "e2e-api", 26100);
  const page = await as("operator", PAGE);
  await page.getByRole("link", { name: /Two services on one port/ }).click();
  await page.getByRole("button", { name: "Acknowledge" }).click();
  await page.getByLabel("Note").fill("x".repeat(501));
  await page.getByRole("dialog").last().getByRole("button", { name: "Acknowledge" }).click();
  await expect(page.getByText("At most 500 characters; these are 501")).toBeVisible();
  await page.getByLabel("Note").fill("moving it on Monday");
  await page.getByRole("dialog").last().getByRole("button", { name: "Acknowledge" }).click();
  await expect(page.getByText("Acknowledged by operator")).toBeVisible();
  expect((await listed(admin)).conflicts[0]).toMatchObject({ state: "acknowledged", note: "moving it on Monday", noted_by: "operator" });

  await page.getByRole("button", { name: "Suppress" }).click();
  await page.getByLabel("Note").fill("");
  await page.getByRole("dialog").last().getByRole("button", { name: "Suppress" }).click();
  await expect(page.getByText("Say why, for those who wonder later")).toBeVisible();
  await page.getByLabel("Note").fill("a test of failover");
  await page.getByRole("dialog").last().getByRole("button", { name: "Suppress" }).click();
  await expect(page.getByText("Suppressed by operator")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("All is well")).toBeVisible();
  await page.getByRole("link", { name: "1 conflict suppressed" }).click();
  await expect(page).toHaveURL(/state=suppressed/);
  await page.getByRole("link", { name: /Two services on one port/ }).click();
  await page.getByRole("button", { name: "Reopen" }).click();
  await expect(page.getByRole("button", { name: "Acknowledge" })).toBeVisible();
  expect((await listed(admin)).conflicts[0]?.state).toBe("open");
});

test("what is refused is said, and the note is kept", async ({ as, allowed }) => {
  allowed.push(/409/);
  await force(admin, "e2e-api", 26100);
  const page = await as("operator", PAGE);
  await page.getByRole("link", { name: /Two services on one port/ }).click();
  await page.getByRole("button", { name: "Acknowledge" }).click();
  await page.getByLabel("Note").fill("being looked at");
  await page.route("**/api/ports/conflicts", (route) =>
    route.request().method() === "PUT"
      ? route.fulfill({ status: 409, json: { status: 409, code: "ports.conflict_over", detail: "the conflict is over" } })
      : route.continue(),
  );
  await page.getByRole("dialog").last().getByRole("button", { name: "Acknowledge" }).click();
  await expect(page.getByText("the conflict is over")).toBeVisible();
  await expect(page.getByLabel("Note")).toHaveValue("being looked at");
  await page.unroute("**/api/ports/conflicts");
});

test("a move that fails is told beside those that were made", async ({ as }) => {
  await force(admin, "e2e-api", 26100);
  await force(admin, "e2e-mail", 26100);
  const page = await as("operator", PAGE);
  await page.getByRole("button", { name: "Resolve" }).click();
  await page.route("**/api/ports/resolve-conflicts*", async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    body.resolutions[0].success = false;
    body.resolutions[0].message = "service was not moved and stays on port 26100: it does not answer";
    await route.fulfill({ response: answer, json: { ...body, success: false } });
  });
  await page.getByRole("button", { name: "Move 2 services" }).click();
  await expect(page.getByText("1 of 2 services did not move and stay where they were.")).toBeVisible();
  await expect(page.getByText("it does not answer")).toBeVisible();
  await page.unroute("**/api/ports/resolve-conflicts*");
});

test("moving is not offered where it does not help", async ({ as, allowed }) => {
  allowed.push(/409/);
  await force(admin, "e2e-api", 20000);
  const page = await as("operator", PAGE);
  await expect(page.getByRole("link", { name: /Outside the range/ })).toBeVisible();
  await page.getByRole("button", { name: "Resolve" }).click();
  await expect(page.getByText("There is nothing to move")).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.route("**/api/ports/resolve-conflicts*", (route) =>
    route.fulfill({ status: 409, json: { status: 409, code: "ports.no_plan", detail: "the conflicts cannot be resolved by moving services: none is free" } }),
  );
  await page.reload();
  await page.getByRole("button", { name: "Resolve" }).click();
  await expect(page.getByText("Moving services does not help")).toBeVisible();
  await expect(page.getByText(/none is free/)).toBeVisible();
});

test("filters are in the address", async ({ as }) => {
  await force(admin, "e2e-api", 26100);
  await force(admin, "e2e-mail", 20000);
  const page = await as("viewer", `${PAGE}&severity=low`);
  await expect(page.getByRole("link", { name: /Outside the range/ })).toBeVisible();
  await expect(page.getByRole("link", { name: /Two services on one port/ })).toBeHidden();
  await page.getByRole("searchbox", { name: "Search conflicts" }).fill("nothing like it");
  await expect(page.getByText("Nothing fits the filter")).toBeVisible();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(page.getByRole("link", { name: /Two services on one port/ })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`suite=${SUITE}$`));
});

test("ten thousand conflicts are scrolled and searched", async ({ as }) => {
  const page = await as("viewer", "/app/account");
  const since = new Date().toISOString();
  const conflicts = Array.from({ length: 10_000 }, (_, number) => ({
    type: "out_of_pool",
    severity: "low",
    port: 10_000 + number,
    services: [`service-${number}`],
    detail: `service-${number} is outside`,
    evidence: {},
    state: "open",
    fingerprint: `f${number}`,
    first_seen: since,
    last_seen: since,
  }));
  await page.route("**/api/ports/conflicts?**", (route) => route.fulfill({ json: { success: true, conflicts, count: conflicts.length } }));
  await page.goto(PAGE);
  await expect(page.getByText("10,000 conflicts")).toBeVisible();
  expect(await page.getByRole("row").count()).toBeLessThan(100);
  await page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight));
  await expect(page.getByRole("link", { name: /service-9999 is outside/ })).toBeVisible();
  await page.locator("main").evaluate((main) => main.scrollTo(0, 0));
  await page.getByRole("searchbox", { name: "Search conflicts" }).fill("service-4242");
  await expect(page.getByText("1 conflict", { exact: true })).toBeVisible();
});

test("a viewer reads, and is refused the rest", async ({ as }) => {
  await force(admin, "e2e-api", 26100);
  const page = await as("viewer", PAGE);
  await page.getByRole("link", { name: /Two services on one port/ }).click();
  await expect(page.getByText("What helps")).toBeVisible();
  await expect(page.getByRole("button", { name: "Acknowledge" })).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Resolve" })).toBeHidden();
  await expect(page.getByRole("button", { name: "Look now" })).toBeHidden();
  const viewer = await apiOf(page);
  expect((await viewer.send("POST", `/api/ports/resolve-conflicts?suite=${SUITE}`)).status()).toBe(403);
  expect((await viewer.send("POST", `/api/ports/scan?suite=${SUITE}`)).status()).toBe(403);
});

test("a failure is said, and trying again helps", async ({ as, allowed }) => {
  allowed.push(/500/);
  const page = await as("viewer", "/app/account");
  const broken = "**/api/ports/conflicts?**";
  await page.route(broken, (route) => route.fulfill({ status: 500, json: { status: 500, code: "internal", detail: "it broke" } }));
  await page.goto(PAGE);
  await expect(page.getByText("This could not be loaded")).toBeVisible();
  await page.unroute(broken);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("All is well")).toBeVisible();
});

test("the keyboard goes to a conflict and back, and everybody can use the page", async ({ as }) => {
  test.slow();
  const quiet = await as("operator", PAGE);
  await expect(quiet.getByText("All is well")).toBeVisible();
  await expectAccessible(quiet);
  await force(admin, "e2e-api", 26100);
  await force(admin, "e2e-mail", 20000);
  const page = await as("operator", PAGE);
  await expect(page.getByRole("link", { name: /Two services on one port/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: /Two services on one port/ }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("link", { name: /Outside the range/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByText("What helps")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  // It gives the focus back when it is gone.
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.getByRole("button", { name: "Resolve" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Move 1 service" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});
