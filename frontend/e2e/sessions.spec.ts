import { type Api, apiOf } from "./api";
import { expectAccessible } from "./axe";
import { expect, test } from "./people";

const PAGE = "/app/sessions";
const NAME = "e2e-sessions";
const PASSWORD = "correct horse battery 9";

let admin: Api;
let id: number;
test.beforeEach(async ({ as }) => {
  admin = await apiOf(await as("admin", "/app/account"));
  const { users } = await admin.get<{ users: { id: number; username: string }[] }>("/api/v1/users?limit=1000");
  const left = users.find((user) => user.username === NAME);
  if (left) await admin.must("DELETE", `/api/v1/users/${left.id}`);
  const made = await admin.must<{ id: number }>("POST", "/api/v1/users", {
    username: NAME,
    email: `${NAME}@example.org`,
    password: PASSWORD,
    role: "viewer",
  });
  id = made.id;
});
test.afterEach(async ({ sessions }) => {
  for (const context of sessions.values()) for (const page of context.pages()) await page.close();
  await admin.send("DELETE", `/api/v1/users/${id}`);
});

/** Signs the person of this test in, and answers with the token. */
async function signInAs(api: Api, password = PASSWORD): Promise<string> {
  const answer = await api.send("POST", "/api/v1/auth/login", { username: NAME, password });
  return (await answer.json()).access_token;
}
const sessionsOf = (api: Api) => api.get<{ total: number }>(`/api/v1/auth/sessions?user_id=${id}`);

test("sessions of a person are seen, and one or all of them ended", async ({ as }) => {
  for (let number = 0; number < 3; number += 1) await signInAs(admin);
  const page = await as("admin", PAGE);
  await page.getByRole("combobox", { name: "Person" }).click();
  await page.getByRole("option", { name: NAME }).click();
  await expect(page).toHaveURL(new RegExp(`user_id=${id}`));
  await expect(page.getByText("3 sessions")).toBeVisible();
  await page.getByRole("button", { name: new RegExp(`End session of ${NAME}`) }).first().click();
  await page.getByRole("button", { name: "End session", exact: true }).click();
  await expect(page.getByText("2 sessions", { exact: true })).toBeVisible();
  expect((await sessionsOf(admin)).total).toBe(2);
  await page.getByRole("button", { name: "End all" }).click();
  await expect(page.getByText(`End 2 sessions of ${NAME}?`)).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "End all" }).click();
  await expect(page.getByText("Nobody is signed in").or(page.getByText("Nothing fits the filter"))).toBeVisible();
  expect((await sessionsOf(admin)).total).toBe(0);
});

test("everybody's sessions are shown, and one's own cannot be ended here", async ({ as }) => {
  await signInAs(admin);
  const page = await as("admin", PAGE);
  await expect(page.getByRole("row", { name: new RegExp(NAME) })).toBeVisible();
  await expect(page.getByText("this one")).toHaveCount(1);
  await page.getByRole("searchbox", { name: "Search sessions" }).fill("nobody like this");
  await expect(page.getByText("Nothing fits the filter")).toBeVisible();
});

test("a lock-out shows and is lifted", async ({ as, browser, baseURL }) => {
  test.slow();
  const page = await as("admin", PAGE);
  const outside = await browser.newContext({ ignoreHTTPSErrors: true, ...(baseURL ? { baseURL } : {}) });
  const lockout = async () => {
    const { lockouts } = await admin.get<{ lockouts: { username: string; blocked_until: string }[] }>("/api/v1/auth/lockouts");
    return lockouts.find((one) => one.username === NAME);
  };
  // Each wait is twice as long as the one before; a short one would be over before it is looked at.
  await expect
    .poll(
      async () => {
        if (!(await lockout())) {
          await outside.request.post("/api/v1/auth/login", { data: { username: NAME, password: "wrong password 1" } });
        }
        return Date.parse((await lockout())?.blocked_until ?? "") - Date.now() > 6000;
      },
      { timeout: 60_000, intervals: [200] },
    )
    .toBe(true);
  await outside.close();
  await page.getByText("Lock-outs", { exact: true }).click();
  await page.getByRole("button", { name: `Lift the lock-out of ${NAME}` }).click();
  await expect(page.getByText(`${NAME} may try again`)).toBeVisible();
  expect(await lockout()).toBeUndefined();
  expect(await signInAs(admin)).toBeTruthy();
});

test("the key is rotated after a question, or it is said that this is under way", async ({ as, allowed }) => {
  allowed.push(/409/);
  const page = await as("admin", `${PAGE}?tab=key`);
  await page.getByRole("button", { name: "Rotate the key" }).click();
  const dialog = page.getByRole("dialog", { name: "Rotate the signing key?" });
  await expect(dialog.getByText("It cannot be taken back.")).toBeVisible();
  const answered = page.waitForResponse("**/api/v1/auth/keys/rotate");
  await dialog.getByRole("button", { name: "Rotate the key" }).click();
  const answer = await answered;
  if (answer.status() === 200) {
    const { kid } = await answer.json();
    await expect(page.getByText(kid)).toBeVisible();
  } else {
    expect(answer.status()).toBe(409);
    await expect(dialog.getByRole("alert")).toContainText((await answer.json()).detail);
  }
});

test("an old sign-in has to be proved anew, and a wrong password is refused", async ({ as, allowed }) => {
  allowed.push(/403/, /401/);
  const page = await as("admin", `${PAGE}?tab=key`);
  await page.route("**/api/v1/auth/keys/rotate", (route) =>
    route.fulfill({ status: 403, json: { status: 403, code: "auth.sign_in_again", detail: "sign in again" } }),
  );
  await page.getByRole("button", { name: "Rotate the key" }).click();
  const dialog = page.getByRole("dialog", { name: "Rotate the signing key?" });
  await dialog.getByRole("button", { name: "Rotate the key" }).click();
  await expect(dialog.getByText(/older than ten minutes/)).toBeVisible();
  await dialog.getByRole("button", { name: "Rotate the key" }).click();
  await expect(dialog.getByText("The password that you signed in with")).toBeVisible();
  await page.route("**/api/v1/auth/login", (route) =>
    route.fulfill({ status: 401, json: { status: 401, code: "auth.invalid_credentials", detail: "user name or password is wrong" } }),
  );
  await dialog.getByLabel("Your password").fill("not my password");
  await dialog.getByRole("button", { name: "Rotate the key" }).click();
  await expect(dialog.getByText("user name or password is wrong")).toBeVisible();
  await expect(dialog.getByLabel("Your password")).toHaveValue("not my password");
  await page.unrouteAll();
});

test("only admins see sessions of others", async ({ as }) => {
  const page = await as("operator", PAGE);
  await expect(page.getByText("Your role may not see this")).toBeVisible();
  const operator = await apiOf(await as("operator", "/app/account"));
  expect((await operator.send("POST", "/api/v1/auth/keys/rotate")).status()).toBe(403);
  expect((await operator.send("DELETE", `/api/v1/auth/lockouts/${NAME}`)).status()).toBe(403);
});

test("a failure is said, and trying again helps", async ({ as, allowed }) => {
  allowed.push(/500/);
  const page = await as("admin", "/app/account");
  const broken = "**/api/v1/auth/lockouts?**";
  await page.route(broken, (route) => route.fulfill({ status: 500, json: { status: 500, code: "internal", detail: "it broke" } }));
  await page.goto(`${PAGE}?tab=lockouts`);
  await expect(page.getByText("This could not be loaded")).toBeVisible();
  await page.unroute(broken);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Nobody has to wait").or(page.getByRole("table", { name: "Lock-outs" }))).toBeVisible();
});

test("everybody can use the page", async ({ as }) => {
  test.slow();
  await signInAs(admin);
  const page = await as("admin", `${PAGE}?user_id=${id}`);
  await expect(page.getByText("1 session", { exact: true })).toBeVisible();
  await expectAccessible(page);
  await page.goto(`${PAGE}?tab=lockouts`);
  await expect(page.getByText("Nobody has to wait").or(page.getByRole("table", { name: "Lock-outs" }))).toBeVisible();
  await expectAccessible(page);
  await page.goto(`${PAGE}?tab=key`);
  await page.getByRole("button", { name: "Rotate the key" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page);
});
