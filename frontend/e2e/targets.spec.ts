import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { expect, PREFIX, test } from "./inventory";

interface Target {
  id: number;
  name: string;
  hostname: string;
  protocol: string;
  port: number;
  tags: string[];
  metadata: Record<string, unknown>;
  depends_on: number[];
  credential_ref: number | null;
}

const row = (page: Page, name: string): Locator => page.getByRole("row").filter({ hasText: PREFIX + name });
const table = (page: Page): Locator => page.getByRole("table", { name: "Targets" });

test.describe("list", () => {
  test("filters are in the address and find by name, tag and protocol", async ({ as, platform }) => {
    await platform.target("web", { tags: ["role:web", "env:prod"] });
    await platform.target("db", { tags: ["role:db", "env:prod"] });
    await platform.target("win", { protocol: "winrm", tags: ["role:web"] });
    const page = await as("viewer", `/app/targets?q=${PREFIX}&tag=role:web`);
    await expect(table(page).getByRole("row")).toHaveCount(3);
    await expect(row(page, "db")).toBeHidden();
    await row(page, "web").getByRole("button", { name: "env:prod" }).click();
    await expect(page).toHaveURL(/tag=env%3Aprod%2Crole|tag=role%3Aweb%2Cenv%3Aprod/);
    await expect(row(page, "win")).toBeHidden();
    await page.goto(`/app/targets?q=${PREFIX}&protocol=winrm`);
    await expect(row(page, "win")).toBeVisible();
    await expect(table(page).getByRole("row")).toHaveCount(2);
    await page.getByRole("searchbox", { name: "Search targets" }).fill(`${PREFIX}nothing`);
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await expect(row(page, "web")).toBeVisible();
  });

  test("who only reads is offered nothing to change", async ({ as, platform }) => {
    const id = await platform.target("web");
    const page = await as("viewer", "/app/targets");
    await expect(row(page, "web")).toBeVisible();
    await expect(page.getByRole("button", { name: "Add target" })).toBeHidden();
    await expect(page.getByRole("checkbox")).toHaveCount(0);
    await page.goto("/app/targets?new=yes");
    await expect(row(page, "web")).toBeVisible();
    await expect(page.getByRole("dialog")).toBeHidden();
    await page.goto("/app/targets/import");
    await expect(page.getByText("Your role may not see this")).toBeVisible();
    await page.goto(`/app/targets/${id}`);
    await expect(page.getByRole("heading", { name: `${PREFIX}web`, level: 1 })).toBeVisible();
    for (const name of ["Edit", "Delete", "Test connection"]) await expect(page.getByRole("button", { name })).toBeHidden();
    await expect(page.getByText("All entries")).toBeHidden();
  });

  test("without targets it says how one comes to be", async ({ as }) => {
    const page = await as("operator");
    await page.route("**/api/v1/targets?*", (route) => route.fulfill({ json: { targets: [], total: 0, next: null } }));
    await page.goto("/app/targets");
    await expect(page.getByText("No targets yet")).toBeVisible();
    await page.getByRole("link", { name: "Import an inventory" }).click();
    await expect(page.getByRole("heading", { name: "Import targets" })).toBeVisible();
  });

  test("a failure is told, and another try helps", async ({ as, allowed }) => {
    allowed.push(/500/);
    const page = await as("viewer");
    await page.route("**/api/v1/targets?*", (route) =>
      route.fulfill({ status: 500, json: { status: 500, code: "internal", detail: "something broke" } }),
    );
    await page.goto("/app/targets");
    await expect(page.getByRole("alert")).toContainText("something broke");
    await page.unroute("**/api/v1/targets?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(row(page, "").or(page.getByRole("row").filter({ hasText: "demo-machine" })).first()).toBeVisible();
  });

  test("ten thousand targets scroll and are searched at once", async ({ as }) => {
    const all = Array.from({ length: 10_000 }, (_, index) => ({
      id: index + 1,
      name: `host-${String(index).padStart(5, "0")}`,
      hostname: `host-${index}.example.org`,
      protocol: "ssh",
      port: 22,
      credential_ref: 1,
      tags: [`rack:${index % 40}`, "env:prod"],
      metadata: {},
      depends_on: index % 10 === 0 ? [] : [index],
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-01-01T00:00:00Z",
      last_test: null,
    }));
    const page = await as("operator");
    await page.route("**/api/v1/targets?*", (route) => {
      const query = new URL(route.request().url()).searchParams;
      const [skip, limit] = [Number(query.get("skip")), Number(query.get("limit"))];
      return route.fulfill({ json: { targets: all.slice(skip, skip + limit), total: all.length, next: null } });
    });
    await page.goto("/app/targets");
    await expect(page.getByText("10,000 targets")).toBeVisible();
    expect(await page.locator("tbody tr").count()).toBeLessThan(80);
    await page.locator("[data-scroll]").first().evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect(page.getByText("host-09999", { exact: true })).toBeVisible();
    const began = Date.now();
    await page.getByRole("searchbox").fill("host-0500");
    await expect(page.getByText("10 of 10,000 targets")).toBeVisible();
    expect(Date.now() - began).toBeLessThan(5000);
    await page.getByRole("checkbox", { name: "Choose all" }).check();
    await expect(page.getByText("10 chosen")).toBeVisible();
  });
});

test.describe("form", () => {
  test("wrong input shows at its field, and a taken name loses nothing", async ({ as, platform, allowed }) => {
    allowed.push(/409/);
    await platform.target("taken");
    const page = await as("operator", "/app/targets");
    await page.getByRole("button", { name: "Add target" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Host or address").fill("http://web");
    await dialog.getByLabel("Port").fill("");
    await dialog.getByLabel("Tags").fill("Web ");
    await dialog.getByRole("button", { name: "Add target" }).click();
    await expect(dialog.getByText("A name that jobs use")).toBeVisible();
    await expect(dialog.getByText("without a scheme")).toBeVisible();
    await expect(dialog.getByText("A number from 1 to 65535")).toBeVisible();
    await expect(dialog.getByText("“Web” is no tag")).toBeVisible();
    await dialog.getByLabel("Tags").press("Backspace");
    await dialog.getByLabel("Tags").fill("role:web,env:test,");
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill(`${PREFIX}taken`);
    await dialog.getByLabel("Host or address").fill("10.9.8.7");
    await dialog.getByLabel("Port").fill("2222");
    await dialog.getByRole("button", { name: "Add target" }).click();
    await expect(dialog.getByText("a target of this name exists already").first()).toBeVisible();
    await expect(dialog.getByLabel("Host or address")).toHaveValue("10.9.8.7");
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill(`${PREFIX}fresh`);
    await dialog.getByRole("button", { name: "Add target" }).click();
    await expect(page.getByRole("heading", { name: `${PREFIX}fresh`, level: 1 })).toBeVisible();
    const { targets } = await platform.get<{ targets: Target[] }>(`/targets?search=${PREFIX}fresh`);
    expect(targets[0]).toMatchObject({ hostname: "10.9.8.7", port: 2222, protocol: "ssh", tags: ["env:test", "role:web"] });
  });

  test("the protocol brings its port, its options and fitting credentials", async ({ as, platform }) => {
    await platform.credential("key");
    const windows = await platform.credential("windows", {
      credential_type: "winrm",
      credential_data: { username: "Administrator", password: "x" },
    });
    const page = await as("operator", "/app/targets?new=yes");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill(`${PREFIX}win`);
    await dialog.getByLabel("Host or address").fill("win.example.org");
    await dialog.getByLabel("Protocol").click();
    await page.getByRole("option", { name: "WinRM" }).click();
    await expect(dialog.getByLabel("Port")).toHaveValue("5985");
    await dialog.getByLabel("Over HTTPS").check();
    await expect(dialog.getByLabel("Port")).toHaveValue("5986");
    await dialog.getByLabel("Check the certificate").uncheck();
    await dialog.getByLabel("Domain").fill("CORP");
    await dialog.getByRole("combobox", { name: "Credential" }).or(dialog.getByRole("textbox", { name: "Credential" })).click();
    await expect(page.getByRole("option", { name: `${PREFIX}key` })).toBeHidden();
    await page.getByRole("option", { name: `${PREFIX}windows` }).click();
    await dialog.getByRole("button", { name: "Add an entry" }).click();
    await dialog.getByLabel("Name of entry 1").fill("rack");
    await dialog.getByLabel("Value of entry 1").fill("r5");
    await dialog.getByRole("button", { name: "Add target" }).click();
    await expect(page.getByRole("heading", { name: `${PREFIX}win`, level: 1 })).toBeVisible();
    const { targets } = await platform.get<{ targets: Target[] }>(`/targets?search=${PREFIX}win`);
    expect(targets[0]).toMatchObject({
      protocol: "winrm",
      port: 5986,
      credential_ref: windows,
      metadata: { rack: "r5", domain: "CORP", winrm_use_https: true, winrm_validate_cert: false },
    });
  });

  test("a change is saved, a circle of needs is refused at its field", async ({ as, platform, allowed }) => {
    allowed.push(/400/);
    const db = await platform.target("db");
    const app = await platform.target("app", { depends_on: [db], tags: ["old"] });
    const page = await as("operator", `/app/targets/${db}`);
    await page.getByRole("button", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Needs").fill(`${PREFIX}app`);
    await page.getByRole("option", { name: `${PREFIX}app` }).click();
    await dialog.getByLabel("Needs").press("Escape");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog.getByText("must not lead back to the target itself")).toBeVisible();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Discard" }).click();
    await page.goto(`/app/targets/${app}`);
    await page.getByRole("button", { name: "Edit" }).click();
    await dialog.getByLabel("Tags").fill("new,");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("link", { name: "new", exact: true })).toBeVisible();
    expect((await platform.get<Target>(`/targets/${app}`)).tags).toEqual(["new", "old"]);
  });
});

test.describe("connection", () => {
  test("a machine is met, its key accepted, and the test runs through", async ({ as, platform }) => {
    const id = await platform.target("ssh", await platform.demo());
    const page = await as("operator", `/app/targets/${id}`);
    await page.getByRole("button", { name: "Test connection" }).click();
    const steps = page.getByRole("list", { name: "Steps of the test" });
    await expect(steps.getByRole("img", { name: "went well" })).toHaveCount(2);
    await expect(steps.getByRole("img", { name: "waits for a decision" })).toHaveCount(1);
    await expect(steps.getByRole("img", { name: "skipped" })).toHaveCount(2);
    const decision = page.getByRole("region", { name: "Host key to be decided" });
    await expect(decision).toContainText("ssh-keygen -lf /etc/ssh/ssh_host_");
    const { host_keys } = await platform.get<{ host_keys: { fingerprint: string }[] }>(`/targets/${id}/host-keys`);
    await expect(decision).toContainText(host_keys[0]?.fingerprint ?? "no key was offered");
    await expectAccessible(page);
    await decision.getByRole("button", { name: "accept the key" }).click();
    await expect(steps.getByRole("img", { name: "went well" })).toHaveCount(5);
    await expect(page.getByText("Signed in as")).toBeVisible();
    await expect(page.getByText("reachable", { exact: true })).toBeVisible();
    await page.reload();
    await expect(page.getByText("accepted", { exact: true })).toBeVisible();
    await expect(page.getByText(/accepted .* by operator/)).toBeVisible();
    const after = await platform.get<{ host_keys: { state: string }[] }>(`/targets/${id}/host-keys`);
    expect(after.host_keys.map((key) => key.state)).toEqual(["pinned"]);
  });

  test("another key than the accepted one is shown beside it, and replaced only on a second yes", async ({ as, platform }) => {
    const id = await platform.target("ssh", await platform.demo());
    const old = `SHA256:${"A".repeat(43)}`;
    await platform.make(`/targets/${id}/host-keys`, { algorithm: "ssh-ed25519", fingerprint: old });
    const page = await as("operator", `/app/targets/${id}`);
    await page.getByRole("button", { name: "Test connection" }).click();
    const decision = page.getByRole("region", { name: "Host key to be decided" });
    await expect(decision).toContainText("another key than the accepted one");
    await expect(decision).toContainText(old);
    await decision.getByRole("button", { name: "Replace the accepted key" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    const states = async () => {
      const { host_keys } = await platform.get<{ host_keys: { state: string; fingerprint: string }[] }>(`/targets/${id}/host-keys`);
      return Object.fromEntries(host_keys.map((key) => [key.fingerprint === old ? "old" : "new", key.state]));
    };
    expect(await states()).toEqual({ old: "pinned", new: "offered" });
    await decision.getByRole("button", { name: "Replace the accepted key" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Replace the key" }).click();
    await expect(page.getByText("Signed in as")).toBeVisible();
    expect(await states()).toEqual({ old: "revoked", new: "pinned" });
  });

  test("a conflict that comes up only on accepting is told as one", async ({ as, platform, allowed }) => {
    allowed.push(/409/);
    const id = await platform.target("ssh", await platform.demo());
    const page = await as("operator", `/app/targets/${id}`);
    await page.getByRole("button", { name: "Test connection" }).click();
    const decision = page.getByRole("region", { name: "Host key to be decided" });
    await expect(decision).toBeVisible();
    await platform.make(`/targets/${id}/host-keys`, { algorithm: "ssh-ed25519", fingerprint: `SHA256:${"A".repeat(43)}` });
    await decision.getByRole("button", { name: "accept the key" }).click();
    await expect(decision.getByRole("button", { name: "Replace the accepted key" })).toBeVisible();
  });

  test("a key is forgotten, and then the machine is not believed", async ({ as, platform }) => {
    const id = await platform.target("ssh", await platform.demo());
    await platform.make(`/targets/${id}/host-keys`, { algorithm: "ssh-rsa", fingerprint: `SHA256:${"B".repeat(42)}A` });
    const page = await as("operator", `/app/targets/${id}`);
    await page.getByRole("button", { name: /^Forget SHA256/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Forget the key" }).click();
    await expect(page.getByText("None yet.")).toBeVisible();
    expect((await platform.get<{ total: number }>(`/targets/${id}/host-keys`)).total).toBe(0);
  });

  test("what went wrong has a remedy in words, and what cannot be tested says so", async ({ as, platform, allowed }) => {
    allowed.push(/501/);
    const { credential_ref } = await platform.demo();
    const closed = await platform.target("closed", { hostname: "127.0.0.1", port: 1, credential_ref });
    const none = await platform.target("none");
    const win = await platform.target("win", { protocol: "winrm" });
    const page = await as("operator", `/app/targets/${closed}`);
    await page.getByRole("button", { name: "Test connection" }).click();
    await expect(page.getByText("Check that the SSH server runs on the target")).toBeVisible();
    await page.goto(`/app/targets/${none}`);
    await page.getByRole("button", { name: "Test connection" }).click();
    await expect(page.getByText("the target has no credential to sign in with")).toBeVisible();
    await page.goto(`/app/targets/${win}`);
    await page.getByRole("button", { name: "Test connection" }).click();
    await expect(page.getByText("WinRM cannot be tested from here")).toBeVisible();
  });
});

test.describe("several at once", () => {
  test("those that need others go first, and a refusal is said per target", async ({ as, platform, allowed }) => {
    allowed.push(/409/);
    const db = await platform.target("db");
    await platform.target("app", { depends_on: [db] });
    const kept = await platform.target("kept");
    await platform.target("other", { depends_on: [kept] });
    const page = await as("operator", `/app/targets?q=${PREFIX}`);
    for (const name of ["db", "app", "kept"]) await page.getByRole("checkbox", { name: `Choose ${PREFIX}${name}` }).check();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete 3 targets" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete 3 targets" });
    await expect(dialog.getByRole("status")).toContainText("3 of 3 done, 1 did not go well");
    await expect(row(page, "kept").filter({ hasText: "other targets depend on this one" })).toBeVisible();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await expect(row(page, "db")).toBeHidden();
    const { targets } = await platform.get<{ targets: Target[] }>(`/targets?search=${PREFIX}`);
    expect(targets.map(({ name }) => name).sort()).toEqual([`${PREFIX}kept`, `${PREFIX}other`]);
  });

  test("several are tested, and the list knows it afterwards", async ({ as, platform, allowed }) => {
    allowed.push(/501/);
    await platform.target("ssh", await platform.demo());
    await platform.target("win", { protocol: "winrm" });
    const page = await as("operator", `/app/targets?q=${PREFIX}`);
    await page.getByRole("checkbox", { name: "Choose all" }).check();
    await page.getByRole("group", { name: "Chosen targets" }).getByRole("button", { name: "Test" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("status")).toContainText("2 of 2 done");
    await expect(dialog.getByText("new host key")).toBeVisible();
    await expect(dialog.getByText("not testable")).toBeVisible();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await expect(row(page, "ssh").getByText("new host key")).toBeVisible();
  });
});

test.describe("dependencies", () => {
  test("several levels are drawn, and the keyboard leads along them", async ({ as, platform }) => {
    const disk = await platform.target("disk");
    const db = await platform.target("db", { depends_on: [disk] });
    const app = await platform.target("app", { depends_on: [db] });
    await platform.target("lb", { depends_on: [app] });
    const page = await as("viewer", `/app/targets/${db}`);
    const graph = page.getByRole("group", { name: /What .*db needs/ });
    await expect(graph.getByRole("link")).toHaveCount(4);
    await page.getByText("The same in words").click();
    await expect(page.getByText(`${PREFIX}app needs ${PREFIX}db`)).toBeVisible();
    await graph.getByRole("link", { name: `${PREFIX}lb` }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: `${PREFIX}lb`, level: 1 })).toBeVisible();
    await page.getByRole("link", { name: "All targets" }).click();
    await page.getByRole("searchbox").fill(PREFIX);
    await expect(page.getByRole("group", { name: /All targets/ }).getByRole("link")).toHaveCount(4);
    await expectAccessible(page);
  });

  test("what others need is not deleted, and they are named as links", async ({ as, platform, allowed }) => {
    allowed.push(/409/);
    const db = await platform.target("db");
    await platform.target("app", { depends_on: [db] });
    const page = await as("operator", `/app/targets/${db}`);
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete target" }).click();
    const dialog = page.getByRole("dialog", { name: /cannot be deleted/ });
    await dialog.getByRole("link", { name: `${PREFIX}app` }).click();
    await expect(page.getByRole("heading", { name: `${PREFIX}app`, level: 1 })).toBeVisible();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete target" }).click();
    await expect(page.getByRole("heading", { name: "Targets", level: 1 })).toBeVisible();
    await expect(row(page, "app")).toBeHidden();
    await expect(row(page, "db")).toBeVisible();
  });
});

test("an admin sees what was done, and there are no barriers", async ({ as, platform, allowed }) => {
  const id = await platform.target("audited", { tags: ["role:web"], metadata: { rack: "r1" } });
  const page = await as("admin", `/app/targets/${id}`);
  await expect(page.getByRole("table", { name: "Last audit entries" })).toContainText("created");
  await expectAccessible(page);
  await page.goto("/app/targets?new=yes");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page);
  allowed.push(/404/);
  await page.goto("/app/targets/999999999");
  await expect(page.getByText("There is no such thing")).toBeVisible();
});

test("the palette begins a target and an import", async ({ as }) => {
  const page = await as("operator");
  const palette = page.getByLabel("Go to or begin");
  await page.keyboard.press("Control+k");
  await expect(palette).toBeFocused();
  await page.keyboard.type("import targ");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Import targets" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(palette).toBeFocused();
  await page.keyboard.type("add target");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Add a target" })).toBeVisible();
});
