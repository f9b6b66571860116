/** What every page has: sign-in, menu, palette, keys, looks, and what happens when something is lost. */

import type { Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { expect, signIn, test, watchFaults } from "./people";
import { supervise } from "./platform";

/** Removes somebody on the page of users. */
async function removeUser(page: Page, name: string): Promise<void> {
  await page.getByLabel("Search users").fill(name);
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete user" }).click();
  await expect(page.getByText("Nothing fits the filter")).toBeVisible();
}

/** Asks for another renewal of the token, as after the end of its life. */
const RENEWAL = "**/api/refresh";

test.describe("signing in", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test("leads to the page that was asked for, and out again", async ({ page }) => {
    const faults = watchFaults(page);
    await page.goto("/app/account");
    await expectAccessible(page);
    await signIn(page, "viewer");
    await expect(page.getByRole("heading", { name: "Account" })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("heading", { name: "Account" })).toBeVisible();
    const stored = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]));
    expect(stored).not.toContain("eyJ");
    await page.getByRole("button", { name: /account menu/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
    expect(faults).toEqual([]);
  });

  test("works with the keyboard alone", async ({ page }) => {
    await page.goto("/app/");
    await expect(page.getByLabel("User name")).toBeFocused();
    await page.keyboard.type("viewer");
    await page.keyboard.press("Tab");
    await page.keyboard.type("viewer123");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  });

  test("with a wrong password says so and keeps the name", async ({ page }) => {
    await page.goto("/app/");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("Your user name")).toBeVisible();
    // A name that nobody has: no account is made to wait.
    await page.getByLabel("User name").fill(`nobody-${Date.now()}`);
    await page.getByLabel("Password", { exact: true }).fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText("User name or password is wrong.");
    await expect(page.getByLabel("User name")).toHaveValue(/nobody/);
  });

  test("tells how long it has to wait after too many tries", async ({ page }) => {
    await page.route("**/api/login", (route) =>
      route.fulfill({
        status: 429,
        headers: { "retry-after": "3" },
        contentType: "application/problem+json",
        body: JSON.stringify({ status: 429, code: "auth.locked", detail: "too many failed sign-ins of this account" }),
      }),
    );
    await page.goto("/app/");
    await signIn(page, "viewer", "wrong");
    await expect(page.getByRole("alert")).toContainText(/Try again in [123] s/);
    await expect(page.getByRole("alert")).toContainText("You can try again now");
  });
});

test("a viewer is shown no administration, and is refused where the address is typed", async ({ as }) => {
  const page = await as("viewer");
  const menu = page.getByRole("navigation", { name: "Main" });
  await expect(menu.getByRole("link", { name: "Overview" })).toBeVisible();
  await expect(menu.getByRole("link", { name: "Users" })).toHaveCount(0);
  await page.goto("/app/users");
  await expect(page.getByText("Your role may not see this")).toBeVisible();
  await expectAccessible(page);
});

test("an address that leads nowhere says so", async ({ as }) => {
  const page = await as("viewer", "/app/no/such/page");
  await expect(page.getByText("There is no page at this address")).toBeVisible();
});

test("the keyboard alone reaches any page", async ({ as }) => {
  const page = await as("admin");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Go to or begin").fill("use");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Users", exact: true })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeHidden();
});

test("what is typed into an editor is no key of the page", async ({ as }) => {
  const page = await as("operator", "/app/targets/import");
  const editor = page.getByRole("textbox", { name: "Text to import" });
  await editor.click();
  await page.keyboard.type("go to targets? / g r");
  await expect(editor).toHaveValue("go to targets? / g r");
  await expect(page.getByRole("heading", { name: "Import targets" })).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("light and dark are remembered", async ({ as }) => {
  const page = await as("viewer");
  for (const [name, scheme] of [["Dark", "dark"], ["Light", "light"], ["As the system", "light"]] as const) {
    await page.getByRole("button", { name: /account menu/ }).click();
    await page.getByRole("menuitem", { name }).click();
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
    await page.reload();
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
  }
});

test("the overview and the system are shown, accessible in both schemes", async ({ as }) => {
  const page = await as("operator");
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto("/app/");
    await expect(page.getByRole("heading", { name: "Needs attention" })).toBeVisible();
    await expect(page.getByRole("img", { name: /Runs of the last 24 hours/ })).toBeVisible();
    await expectAccessible(page);
    await page.goto("/app/system");
    await expect(page.getByText("healthy")).toHaveCount(7);
    await expect(page.getByRole("table", { name: "Executors" })).toBeVisible();
    await expectAccessible(page);
  }
});

test("a lost connection shows, keeps what was typed, and heals", async ({ as, allowed }) => {
  allowed.push(/ERR_INTERNET_DISCONNECTED/, /WebSocket connection/);
  const page = await as("admin", "/app/users");
  const email = `${Date.now()}@example.org`;
  await page.getByRole("button", { name: "Add user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("User name").fill("admin");
  await dialog.getByLabel("Email").fill(email);
  await dialog.getByLabel("First password").fill("a long enough password");
  await page.context().setOffline(true);
  await dialog.getByRole("button", { name: "Add user" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The server does not answer");
  await expect(page.getByText("The connection is lost")).toBeVisible();
  await expect(dialog.getByLabel("Email")).toHaveValue(email);
  await page.context().setOffline(false);
  await expect(page.getByText("The connection is lost")).toBeHidden({ timeout: 15_000 });
  // The same form goes on: now the server itself has a word about the name.
  allowed.push(/409/);
  await dialog.getByRole("button", { name: "Add user" }).click();
  await expect(dialog.getByRole("alert")).toContainText("taken");
  await expect(dialog.getByLabel("Email")).toHaveValue(email);
});

test("a session that ends in the middle of a form is opened again, and the form is sent", async ({ browser, baseURL }) => {
  // A session of its own, since it is ended.
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...(baseURL ? { baseURL } : {}) });
  const page = await context.newPage();
  await page.goto("/app/users");
  await signIn(page, "admin");
  const name = `e2e-${Date.now()}`;
  await page.getByRole("button", { name: "Add user" }).click();
  const form = page.getByRole("dialog", { name: "Add a user" });
  await form.getByLabel("User name").fill(name);
  await form.getByLabel("Email").fill(`${name}@example.org`);
  await form.getByLabel("First password").fill("a long enough password");
  const ended = await page.evaluate(async () => {
    // Signs out behind the page's back, as an admin could.
    const half = localStorage.getItem("opsc.session");
    const headers = { "Content-Type": "application/json", "X-Opsc-Client": "browser" };
    const answer = await fetch("/api/refresh", { method: "POST", headers, body: JSON.stringify({ refresh_token: half }) });
    const { access_token } = (await answer.json()) as { access_token: string };
    await fetch("/api/logout", { method: "POST", headers: { ...headers, Authorization: `Bearer ${access_token}` }, body: "{}" });
    return access_token;
  });
  const headers = { authorization: `Bearer ${ended}` };
  await expect.poll(async () => (await page.request.get("/api/v1/users", { headers })).status()).toBe(401);
  await form.getByRole("button", { name: "Add user" }).click();
  const again = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(again).toBeVisible();
  await again.getByLabel("Password", { exact: true }).fill("admin123");
  await again.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(again).toBeHidden();
  await expect(form).toBeHidden();
  await removeUser(page, name);
  await context.close();
});

test("tabs share one session, and renew it one after the other", async ({ as }) => {
  const first = await as("operator");
  const second = await first.context().newPage();
  await second.goto("/app/system");
  await expect(second.getByText("healthy")).toHaveCount(7);
  let renewals = 0;
  for (const page of [first, second]) await page.route(RENEWAL, (route) => ((renewals += 1), route.continue()));
  await Promise.all([first.reload(), second.reload()]);
  await expect(second.getByText("healthy")).toHaveCount(7);
  await expect(first.getByRole("heading", { name: "Needs attention" })).toBeVisible();
  expect(renewals).toBeGreaterThanOrEqual(2);
  await second.close();
});

test("tabs share one connection for events, and the next one takes over", async ({ as }) => {
  const first = await as("operator");
  await expect(first.getByRole("img", { name: /^Live/ })).toBeVisible();
  const second = await first.context().newPage();
  let opened = 0;
  second.on("websocket", () => (opened += 1));
  await second.goto("/app/system");
  await expect(second.getByRole("img", { name: /^Live/ })).toBeVisible();
  expect(opened).toBe(0);
  const taken = second.waitForEvent("websocket");
  await first.goto("about:blank");
  await taken;
  await expect(second.getByRole("img", { name: /^Live/ })).toBeVisible();
  await second.close();
});

test("a service that is away is named, and the form goes on when it is back", async ({ as, allowed }) => {
  allowed.push(/50[234]/);
  const page = await as("admin", "/app/users");
  const name = `e2e-${Date.now()}`;
  await page.getByRole("button", { name: "Add user" }).click();
  const form = page.getByRole("dialog", { name: "Add a user" });
  await form.getByLabel("User name").fill(name);
  await form.getByLabel("Email").fill(`${name}@example.org`);
  await form.getByLabel("First password").fill("a long enough password");
  supervise("stop", "users");
  try {
    await form.getByRole("button", { name: "Add user" }).click();
    await expect(form.getByRole("alert")).toContainText("not available at the moment");
    await expect(form.getByLabel("Email")).toHaveValue(`${name}@example.org`);
  } finally {
    supervise("start", "users");
  }
  await expect
    .poll(async () => (await page.request.get("/users/health/ready")).status(), { timeout: 20_000 })
    .toBe(200);
  await form.getByRole("button", { name: "Add user" }).click();
  await expect(form).toBeHidden();
  await removeUser(page, name);
});

test("all of it fits on a phone", async ({ as }) => {
  const page = await as("admin");
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of ["", "users", "account", "system"]) {
    await page.goto(`/app/${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const wider = await page.locator("main").evaluate((main) => main.scrollWidth - main.clientWidth);
    expect(wider, path).toBeLessThanOrEqual(0);
  }
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("link", { name: "System" }).click();
  await expect(page.getByRole("heading", { name: "System" })).toBeVisible();
});
