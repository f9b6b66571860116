/** People and one's own account. */

import { expect, test } from "./people";
import { expectAccessible } from "./axe";

test("an admin adds, changes and removes a person", async ({ as, browser, baseURL, allowed }) => {
  const page = await as("admin", "/app/users");
  const name = `e2e-${Date.now()}`;
  await page.getByRole("button", { name: "Add user" }).click();
  const form = page.getByRole("dialog", { name: "Add a user" });
  await form.getByRole("button", { name: "Add user" }).click();
  await expect(form.getByText("A name to sign in with")).toBeVisible();
  await expect(form.getByText("An address such as ana@example.org")).toBeVisible();
  await form.getByLabel("User name").fill(name);
  await form.getByLabel("Email").fill(`${name}@example.org`);
  // Long enough for the form, too easy for the server: its words are at the field.
  await form.getByLabel("First password").fill("passwordpassword");
  allowed.push(/400/);
  await form.getByRole("button", { name: "Add user" }).click();
  await expect(form.getByRole("alert")).toBeVisible();
  await form.getByLabel("First password").fill("seven bright lanterns");
  await form.getByRole("button", { name: "Add user" }).click();
  await expect(form).toBeHidden();

  // The new person can sign in, and is asked for a password of their own.
  const theirs = await browser.newContext({ ignoreHTTPSErrors: true, ...(baseURL ? { baseURL } : {}) });
  const guest = await theirs.newPage();
  await guest.goto("/app/account");
  await guest.getByLabel("User name").fill(name);
  await guest.getByLabel("Password", { exact: true }).fill("seven bright lanterns");
  await guest.getByRole("button", { name: "Sign in" }).click();
  await expect(guest.getByText("password that everybody knows")).toBeVisible();
  await guest.getByLabel("Present password").fill("seven bright lanterns");
  await guest.getByLabel("New password", { exact: true }).fill("nine quiet harbours");
  await guest.getByLabel("New password again").fill("nine quiet harbors");
  await guest.getByRole("button", { name: "Change password" }).click();
  await expect(guest.getByText("This is not the same as above")).toBeVisible();
  await guest.getByLabel("New password again").fill("nine quiet harbours");
  await guest.getByRole("button", { name: "Change password" }).click();
  await expect(guest.getByText("Your password is changed")).toBeVisible();
  await expect(guest.getByText("password that everybody knows")).toBeHidden();

  await page.getByLabel("Search users").fill(name);
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: `Edit ${name}` });
  await edit.getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name: /Operator/ }).click();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: new RegExp(name) })).toContainText("operator");

  // What is typed is not thrown away by a slip.
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await edit.getByLabel("Email").fill("other@example.org");
  await page.keyboard.press("Escape");
  const question = page.getByRole("dialog", { name: "Discard what you typed?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(edit.getByLabel("Email")).toHaveValue("other@example.org");
  await edit.getByRole("button", { name: "Cancel" }).click();
  await question.getByRole("button", { name: "Discard" }).click();

  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete user" }).click();
  await expect(page.getByText("Nothing fits the filter")).toBeVisible();

  // Their session has ended with them.
  await guest.reload();
  await expect(guest.getByRole("button", { name: "Sign in" })).toBeVisible();
  await theirs.close();
});

test("a name that is taken is refused at its field", async ({ as, allowed }) => {
  allowed.push(/409/);
  const page = await as("admin", "/app/users?new=yes");
  const form = page.getByRole("dialog", { name: "Add a user" });
  await form.getByLabel("User name").fill("Viewer");
  await form.getByLabel("Email").fill("somebody@example.org");
  await form.getByLabel("First password").fill("seven bright lanterns");
  await form.getByRole("button", { name: "Add user" }).click();
  await expect(form.getByRole("alert")).toContainText(/taken/);
});

test("a list that cannot be loaded says so and can be tried again", async ({ as, allowed }) => {
  allowed.push(/500/);
  const page = await as("admin");
  let fail = true;
  await page.route(/\/api\/v1\/users/, (route) =>
    fail
      ? route.fulfill({ status: 500, json: { status: 500, code: "internal", detail: "something went wrong here", request_id: "r-1" } })
      : route.continue(),
  );
  await page.goto("/app/users");
  await expect(page.getByRole("alert")).toContainText("something went wrong here");
  await expect(page.getByRole("alert")).toContainText("r-1");
  fail = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("table", { name: "Users" })).toBeVisible();
});

test("10,000 people stay fast, and the pages are accessible", async ({ as }) => {
  const page = await as("admin");
  const users = Array.from({ length: 10_000 }, (_, index) => ({
    id: index + 1,
    username: `person-${index}`,
    email: `person-${index}@example.org`,
    role: "viewer",
    is_active: true,
    must_change_password: false,
    created_at: "2026-01-01T00:00:00Z",
    token_version: 1,
  }));
  await page.route(/\/api\/v1\/users\?/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const skip = Number(query.get("skip"));
    return route.fulfill({ json: { users: users.slice(skip, skip + Number(query.get("limit"))), total: users.length } });
  });
  await page.goto("/app/users");
  await expect(page.getByText("10,000 users")).toBeVisible();
  expect(await page.getByRole("row").count()).toBeLessThan(80);
  await page.getByLabel("Search users").fill("person-9999");
  await expect(page.getByRole("row", { name: /person-9999/ })).toBeVisible();
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto("/app/users");
    await expect(page.getByText("10,000 users")).toBeVisible();
    await expectAccessible(page);
    await page.goto("/app/account");
    await expect(page.getByRole("table", { name: "Your sessions" })).toBeVisible();
    await expectAccessible(page);
  }
});
