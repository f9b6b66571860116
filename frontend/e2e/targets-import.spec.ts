import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { expect, PREFIX, test } from "./inventory";

interface Target {
  name: string;
  hostname: string;
  port: number;
  protocol: string;
  tags: string[];
  metadata: Record<string, unknown>;
  credential_ref: number | null;
}

/** Gives the page a file as somebody would choose it. */
async function choose(page: Page, name: string, text: string): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
}

const row = (page: Page, name: string): Locator => page.getByRole("table", { name: "Preview" }).getByRole("row").filter({ hasText: PREFIX + name });

test("a CSV file is shown first, wrong rows are mended in place, and each row has its result", async ({ as, platform }) => {
  await platform.target("same", { tags: ["web"] });
  await platform.target("moved", { hostname: "10.0.0.1" });
  const key = await platform.credential("key");
  const page = await as("operator", "/app/targets/import");
  await choose(
    page,
    "hosts.csv",
    `\uFEFFname;hostname;port;tags;credential\r\n${PREFIX}new;10.1.1.1;2222;"a, b";${PREFIX}key\r\n${PREFIX}same;;;web;\r\n${PREFIX}moved;10.0.0.2;;;\r\n${PREFIX}bad;10.1.1.2;99999;;\r\n`,
  );
  await expect(row(page, "new")).toContainText("new");
  await expect(row(page, "same")).toContainText("same");
  await expect(row(page, "moved")).toContainText("host 10.0.0.1 → 10.0.0.2");
  await expect(row(page, "bad")).toContainText("99999");
  await expect(page.getByRole("list", { name: "Lines to be mended" })).toContainText("Line 5");
  await expectAccessible(page);
  await page.getByRole("group", { name: "Show only" }).getByRole("button", { name: /wrong/ }).click();
  await expect(row(page, "new")).toBeHidden();
  await page.getByRole("group", { name: "Show only" }).getByRole("button", { name: /wrong/ }).click();
  await page.getByRole("button", { name: "Import 2 targets" }).click();
  await expect(page.getByText("2 targets imported")).toBeVisible();
  await expect(row(page, "new").getByText("created")).toBeVisible();
  await expect(row(page, "moved").getByText("changed")).toBeVisible();
  const read = async (name: string) =>
    (await platform.get<{ targets: Target[] }>(`/targets?search=${PREFIX}${name}`)).targets[0];
  expect(await read("new")).toMatchObject({ hostname: "10.1.1.1", port: 2222, protocol: "ssh", tags: ["a", "b"], credential_ref: key });
  expect(await read("moved")).toMatchObject({ hostname: "10.0.0.2", port: 22 });
  expect(await read("bad")).toBeUndefined();
  // The wrong row is still there, to be mended.
  const editor = page.getByRole("textbox", { name: "Text to import" });
  await editor.click();
  for (const key of ["Control+End", "ArrowUp", "End", "Shift+Home"]) await page.keyboard.press(key);
  await page.keyboard.type(`${PREFIX}bad;10.1.1.2;2200;;`);
  await expect(page.getByRole("button", { name: "Import 1 target" })).toBeVisible();
  await page.getByRole("button", { name: "Import 1 target" }).click();
  await expect(row(page, "bad").getByText("created")).toBeVisible();
  expect(await read("bad")).toMatchObject({ port: 2200 });
});

test("an Ansible inventory becomes targets with its groups as tags", async ({ as, platform }) => {
  const key = await platform.credential("key");
  const page = await as("operator", "/app/targets/import");
  const inventory = `[web]\n${PREFIX}w[01:03] ansible_user=deploy\n\n[db]\n${PREFIX}db ansible_host=10.0.0.9 ansible_port=2201\n\n[prod:children]\nweb\ndb\n`;
  await choose(page, "inventory.ini", inventory);
  await expect(row(page, "w03")).toContainText("prod, web");
  await page.getByRole("combobox", { name: "Credential for rows that name none" }).click();
  await page.getByRole("option", { name: `${PREFIX}key (SSH)` }).click();
  await page.getByRole("button", { name: "Import 4 targets" }).click();
  await expect(page.getByText("4 targets imported")).toBeVisible();
  const { targets } = await platform.get<{ targets: Target[] }>(`/targets?search=${PREFIX}`);
  expect(targets).toHaveLength(4);
  expect(targets.find(({ name }) => name === `${PREFIX}w02`)).toMatchObject({ tags: ["prod", "web"], metadata: { ansible_user: "deploy" } });
  expect(targets.find(({ name }) => name === `${PREFIX}db`)).toMatchObject({ hostname: "10.0.0.9", port: 2201, credential_ref: key });
  // The same in YAML says nothing new.
  const yaml = `all:\n  children:\n    prod:\n      children:\n        web:\n          hosts:\n            ${PREFIX}w[01:03]:\n              ansible_user: deploy\n`;
  await choose(page, "inventory.yml", yaml);
  await expect(page.getByRole("group", { name: "Show only" })).toContainText("3 same");
  await expect(page.getByRole("button", { name: "Import", exact: true })).toBeDisabled();
});

test("a row that the server refuses keeps its reason, and the others go on", async ({ as, platform, allowed }) => {
  allowed.push(/409/);
  const page = await as("operator", "/app/targets/import");
  await choose(page, "hosts.csv", `name\n${PREFIX}one\n${PREFIX}two\n${PREFIX}three\n`);
  await expect(row(page, "two")).toContainText("new");
  await platform.target("two");
  await page.getByRole("button", { name: "Import 3 targets" }).click();
  await expect(page.getByText("2 targets imported; 1 row refused")).toBeVisible();
  await expect(row(page, "one").getByText("created")).toBeVisible();
  const { total } = await platform.get<{ total: number }>(`/targets?search=${PREFIX}`);
  expect(total).toBe(3);
});

test("a text that is not imported is not lost by a step aside", async ({ as }) => {
  const page = await as("operator", "/app/targets/import");
  await choose(page, "hosts.csv", `name\n${PREFIX}one\n`);
  await expect(row(page, "one")).toBeVisible();
  await page.getByRole("link", { name: "← Targets" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(row(page, "one")).toBeVisible();
  await page.getByRole("link", { name: "← Targets" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("heading", { name: "Targets", level: 1 })).toBeVisible();
});

test("what is no inventory says where it goes wrong", async ({ as }) => {
  const page = await as("operator", "/app/targets/import");
  await choose(page, "hosts.csv", "colour,shape\nred,round\n");
  await expect(page.getByRole("list", { name: "Lines to be mended" })).toContainText("Line 1: the first line has to name the columns");
  await page.getByText("Ansible YAML").click();
  await expect(page.getByRole("list", { name: "Lines to be mended" })).toContainText("begin with groups");
});
