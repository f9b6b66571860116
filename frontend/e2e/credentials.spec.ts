import type { Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { expect, PREFIX, test } from "./inventory";

const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0LW9mLWEtdGVzdA==\n-----END OPENSSH PRIVATE KEY-----\n";

interface Credential {
  id: number;
  name: string;
  description: string | null;
  credential_type: string;
  version: number;
}

const openNew = async (page: Page, name: string) => {
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill(PREFIX + name);
  return dialog;
};

test.describe("forms", () => {
  test("a key is stored from its file and shown nowhere again", async ({ as, platform, http }) => {
    const page = await as("operator", "/app/credentials");
    await page.getByRole("button", { name: "Add credential" }).click();
    const dialog = await openNew(page, "key");
    await dialog.getByLabel("User name").fill("deploy");
    await dialog.locator('input[type="file"]').setInputFiles({ name: "id", mimeType: "text/plain", buffer: Buffer.from(KEY) });
    await dialog.getByLabel("Description").fill("Key of the test");
    await dialog.getByRole("button", { name: "Add credential" }).click();
    await expect(page.getByRole("heading", { name: `${PREFIX}key`, level: 1 })).toBeVisible();
    await expect(page.getByText("Key of the test")).toBeVisible();
    expect(await page.content()).not.toContain("c2VjcmV0");
    const { credentials } = await platform.get<{ credentials: Credential[] }>(`/credentials?search=${PREFIX}key`);
    expect(credentials[0]).toMatchObject({ credential_type: "ssh", version: 1, description: "Key of the test" });
    const kept = await http.get(`/api/v1/credentials/${credentials[0]?.id}/decrypt?reason=test`);
    expect(await kept.json()).toMatchObject({ credential_data: { username: "deploy", private_key: KEY } });
  });

  test("each type has its own fields", async ({ as, platform, http }) => {
    const page = await as("operator", "/app/credentials?new=yes");
    const data = async (name: string): Promise<unknown> => {
      const { credentials } = await platform.get<{ credentials: Credential[] }>(`/credentials?search=${PREFIX}${name}`);
      return ((await (await http.get(`/api/v1/credentials/${credentials[0]?.id}/decrypt?reason=test`)).json()) as { credential_data: unknown })
        .credential_data;
    };
    let dialog = await openNew(page, "windows");
    await dialog.getByRole("radio", { name: "WinRM" }).click();
    await dialog.getByLabel("User name").fill("Administrator");
    await dialog.getByLabel("Password", { exact: false }).first().fill("p w");
    await dialog.getByLabel("Domain").fill("CORP");
    await dialog.getByRole("button", { name: "Add credential" }).click();
    await expect(page.getByRole("heading", { name: `${PREFIX}windows`, level: 1 })).toBeVisible();
    expect(await data("windows")).toEqual({ username: "Administrator", password: "p w", domain: "CORP" });
    await page.goto("/app/credentials?new=yes");
    dialog = await openNew(page, "api");
    await dialog.getByRole("radio", { name: "API key" }).click();
    await dialog.getByLabel("API key *").or(dialog.getByRole("textbox", { name: "API key" })).first().fill("k-123");
    await dialog.getByRole("button", { name: "Add credential" }).click();
    await expect(page.getByRole("heading", { name: `${PREFIX}api`, level: 1 })).toBeVisible();
    expect(await data("api")).toEqual({ api_key: "k-123", header: "X-API-Key" });
  });

  test("wrong input shows at its field, and a taken name loses nothing", async ({ as, platform, allowed }) => {
    allowed.push(/409|422|400/);
    await platform.credential("taken");
    const page = await as("operator", "/app/credentials?new=yes");
    const dialog = await openNew(page, "taken");
    await dialog.getByRole("textbox", { name: "Private key" }).fill("ssh-ed25519 AAAA me");
    await dialog.getByRole("button", { name: "Add credential" }).click();
    await expect(dialog.getByText("The user to sign in as")).toBeVisible();
    await expect(dialog.getByText("This is a public key")).toBeVisible();
    await dialog.getByText("Password", { exact: true }).click();
    // The service alone knows that this is too long.
    await dialog.getByLabel("User name").fill("u".repeat(300));
    await dialog.getByLabel("Password *").or(dialog.locator('input[type="password"]')).first().fill("kept");
    await dialog.getByRole("button", { name: "Add credential" }).click();
    await expect(dialog.getByText("must have 256 bytes or less", { exact: true })).toBeVisible();
    await dialog.getByLabel("User name").fill("root");
    await dialog.getByRole("button", { name: "Add credential" }).click();
    await expect(dialog.getByText(/a credential named .*taken exists already/).first()).toBeVisible();
    await expect(dialog.getByLabel("User name")).toHaveValue("root");
    await expectAccessible(page);
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill(`${PREFIX}free`);
    await dialog.getByRole("button", { name: "Add credential" }).click();
    await expect(page.getByRole("heading", { name: `${PREFIX}free`, level: 1 })).toBeVisible();
  });

  test("rotating makes a new version that is used from then on", async ({ as, platform, http }) => {
    const id = await platform.credential("old");
    const page = await as("operator", `/app/credentials/${id}`);
    await page.getByRole("button", { name: "Rotate" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Password", { exact: true }).click();
    await dialog.getByRole("button", { name: "Rotate" }).click();
    await expect(dialog.getByText("The password", { exact: true })).toBeVisible();
    await dialog.getByLabel("User name").fill("admin");
    await dialog.locator('input[type="password"]').first().fill("second-secret");
    await dialog.getByRole("button", { name: "Rotate" }).click();
    await expect(page.getByRole("table", { name: "Versions" })).toContainText("2 in use");
    await expect(page.getByRole("table", { name: "Versions" }).getByRole("row")).toHaveCount(3);
    const kept = await http.get(`/api/v1/credentials/${id}/decrypt?reason=test`);
    expect(await kept.json()).toMatchObject({ version: 2, credential_data: { username: "admin", password: "second-secret" } });
  });

  test("name and description change without touching the secret", async ({ as, platform }) => {
    const id = await platform.credential("before", { description: "old words" });
    const page = await as("operator", `/app/credentials/${id}`);
    await page.getByRole("button", { name: "Edit" }).click();
    const dialog = await openNew(page, "after");
    await dialog.getByLabel("Description").fill("");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { name: `${PREFIX}after`, level: 1 })).toBeVisible();
    expect(await platform.get<Credential>(`/credentials/${id}`)).toMatchObject({ name: `${PREFIX}after`, description: null, version: 1 });
  });
});

test("one that targets use is not deleted, and they are named as links", async ({ as, platform, allowed }) => {
  allowed.push(/409/);
  const id = await platform.credential("used");
  const target = await platform.target("user", { credential_ref: id });
  const page = await as("operator", `/app/credentials?q=${PREFIX}`);
  await expect(page.getByRole("row").filter({ hasText: `${PREFIX}used` })).toContainText("1 target");
  await page.getByRole("link", { name: `${PREFIX}used` }).click();
  await expect(page.getByRole("table", { name: "Targets that use it" })).toContainText(`${PREFIX}user`);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete credential" }).click();
  await page.getByRole("dialog", { name: /cannot be deleted/ }).getByRole("link", { name: `${PREFIX}user` }).click();
  await expect(page.getByRole("heading", { name: `${PREFIX}user`, level: 1 })).toBeVisible();
  await platform.http.put(`/api/v1/targets/${target}`, { data: { credential_ref: null } });
  await page.goto(`/app/credentials/${id}`);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete credential" }).click();
  await expect(page.getByRole("heading", { name: "Credentials", level: 1 })).toBeVisible();
  expect((await platform.get<{ total: number }>(`/credentials?search=${PREFIX}used`)).total).toBe(0);
});

test.describe("roles", () => {
  test("who only reads sees no secret, no log and nothing to change", async ({ as, platform }) => {
    const id = await platform.credential("seen");
    const page = await as("viewer", "/app/credentials?new=yes");
    await expect(page.getByRole("row").filter({ hasText: `${PREFIX}seen` })).toBeVisible();
    await expect(page.getByRole("button", { name: "Add credential" })).toBeHidden();
    await expect(page.getByRole("dialog")).toBeHidden();
    await page.goto(`/app/credentials/${id}`);
    await expect(page.getByRole("table", { name: "Versions" })).toBeVisible();
    for (const name of ["Rotate", "Edit", "Delete", "Reveal…"]) await expect(page.getByRole("button", { name })).toBeHidden();
    await expect(page.getByRole("heading", { name: "Access log" })).toBeHidden();
  });

  test("an operator is not offered the secret", async ({ as, platform }) => {
    const id = await platform.credential("kept");
    const page = await as("operator", `/app/credentials/${id}`);
    await expect(page.getByRole("button", { name: "Rotate" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Reveal…" })).toBeHidden();
    await expect(page.getByRole("heading", { name: "Access log" })).toBeHidden();
  });
});

test.describe("reveal", () => {
  test("an admin says why, sees it for a moment, and both are on record", async ({ as, platform, allowed }) => {
    // The clock that jumps makes the connection for events look silent, so that it is made anew.
    allowed.push(/WebSocket/);
    const id = await platform.credential("shown");
    const page = await as("admin");
    await page.clock.install();
    await page.goto(`/app/credentials/${id}`);
    await page.getByRole("button", { name: "Reveal…" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("button", { name: /Reveal for/ })).toBeDisabled();
    await dialog.getByLabel("Reason").fill("e2e: to compare it");
    await dialog.getByRole("button", { name: /Reveal for/ }).click();
    await expect(dialog.getByText("first-secret")).toBeVisible();
    await expect(dialog.getByRole("button", { name: "Copy Password" })).toBeVisible();
    await expectAccessible(page);
    await page.clock.fastForward(31_000);
    await expect(page.getByText("first-secret")).toBeHidden();
    await expect(dialog).toBeHidden();
    expect(await page.content()).not.toContain("first-secret");
    await expect(page.getByRole("table", { name: "Access log" })).toContainText("e2e: to compare it");
    const { accesses } = await platform.get<{ accesses: { actor: string; purpose: string }[] }>(`/credentials/${id}/access-log`);
    expect(accesses[0]?.actor).toBe("user:1");
    expect(accesses[0]?.purpose).toContain("e2e: to compare it");
  });

  test("a sign-in that is too old is made anew right there, and nothing is lost", async ({ as, platform, allowed }) => {
    allowed.push(/403|401/);
    const id = await platform.credential("stale");
    const page = await as("admin", `/app/credentials/${id}`);
    let old = true;
    await page.route("**/decrypt?*", (route) => {
      if (!old) return route.continue();
      return route.fulfill({
        status: 403,
        contentType: "application/problem+json",
        json: { status: 403, code: "auth.sign_in_again", detail: "this needs a sign-in of the last ten minutes; sign in again" },
      });
    });
    await page.getByRole("button", { name: "Reveal…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("e2e: after a while");
    await dialog.getByRole("button", { name: /Reveal for/ }).click();
    await expect(dialog.getByText("Sign in once more")).toBeVisible();
    await dialog.getByLabel("Your password").fill("wrong password");
    await dialog.getByRole("button", { name: "Sign in and reveal" }).click();
    await expect(dialog.getByRole("alert").filter({ hasText: "It is not shown" })).toBeVisible();
    await expect(dialog.getByLabel("Reason")).toHaveValue("e2e: after a while");
    old = false;
    await dialog.getByLabel("Your password").fill("admin123");
    await dialog.getByRole("button", { name: "Sign in and reveal" }).click();
    // A password takes a while to be checked, on purpose.
    await expect(dialog.getByText("first-secret")).toBeVisible({ timeout: 20_000 });
    await dialog.getByRole("button", { name: "Hide now" }).click();
    await expect(dialog).toBeHidden();
  });

  test("where it is switched off, it says so", async ({ as, platform, allowed }) => {
    allowed.push(/403/);
    const id = await platform.credential("off");
    const page = await as("admin", `/app/credentials/${id}`);
    await page.route("**/decrypt?*", (route) =>
      route.fulfill({ status: 403, json: { status: 403, code: "credentials.reveal_disabled", detail: "showing the data of credentials is switched off" } }),
    );
    await page.getByRole("button", { name: "Reveal…" }).click();
    await page.getByRole("dialog").getByLabel("Reason").fill("x");
    await page.getByRole("dialog").getByRole("button", { name: /Reveal for/ }).click();
    await expect(page.getByRole("dialog").getByText("showing the data of credentials is switched off")).toBeVisible();
  });
});

test.describe("states", () => {
  test("without credentials, after a failure, and where there is none", async ({ as, allowed }) => {
    allowed.push(/500|404/);
    const page = await as("operator");
    await page.route("**/api/v1/credentials?*", (route) => route.fulfill({ json: { credentials: [], total: 0 } }));
    await page.goto("/app/credentials");
    await expect(page.getByText("No credentials yet")).toBeVisible();
    await page.unroute("**/api/v1/credentials?*");
    await page.route("**/api/v1/credentials?*", (route) => route.fulfill({ status: 500, json: { status: 500, code: "internal", detail: "broken" } }));
    await page.goto("/app/credentials?type=ssh");
    await expect(page.getByRole("alert")).toContainText("broken");
    await page.unroute("**/api/v1/credentials?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("link", { name: "demo-key" })).toBeVisible();
    await page.goto("/app/credentials/999999999");
    await expect(page.getByText("There is no such thing")).toBeVisible();
  });

  test("there are no barriers", async ({ as, platform }) => {
    const id = await platform.credential("read");
    const page = await as("admin", "/app/credentials");
    await expect(page.getByRole("row").filter({ hasText: `${PREFIX}read` })).toBeVisible();
    await expectAccessible(page);
    await page.goto(`/app/credentials/${id}`);
    await expect(page.getByRole("table", { name: "Versions" })).toBeVisible();
    await expectAccessible(page);
    await page.goto("/app/credentials?new=yes");
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page);
  });
});
