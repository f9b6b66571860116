import { expect, PREFIX, test } from "./automation";
import { expectAccessible } from "./axe";

test("a job that asks, waits and reads is made in the form, and runs", async ({ as, api }) => {
  const page = await as("operator", "/app/jobs/new");
  const choose = async (field: string, option: string) => {
    await page.getByRole("combobox", { name: field }).last().click();
    await page.getByRole("option", { name: option }).click();
  };
  await page.getByRole("textbox", { name: "Name" }).first().fill(`${PREFIX}kinds`);
  const add = page.getByRole("button", { name: "Add a step" });
  if ((await page.getByRole("combobox", { name: "Type" }).count()) === 0) await add.click();
  await choose("Type", "Ask somebody for approval");
  await expect(page.getByRole("combobox", { name: "Target" })).toHaveCount(0);
  await page.getByRole("textbox", { name: "What is asked" }).fill("May it go on?");
  await add.click();
  await choose("Type", "Wait for time, a port or an answer");
  await choose("Wait for", "Some time");
  await page.getByRole("textbox", { name: "Seconds", exact: true }).fill("0");
  await add.click();
  await choose("Type", "Read a file over SSH");
  await choose("Target", "demo-machine");
  await page.getByRole("textbox", { name: "Path on the target" }).last().fill("/etc/hostname");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create job" }).click();
  await expect(page.getByRole("heading", { name: `${PREFIX}kinds` })).toBeVisible();
  await expect(page.getByText("Asks an operator: May it go on?")).toBeVisible();
  await expect(page.getByText("Waits for 0 s")).toBeVisible();

  const saved = (await api.findJob(`${PREFIX}kinds`))?.definition;
  expect(saved).toMatchObject({ steps: [{ message: "May it go on?" }, { for: { seconds: 0 } }, { path: "/etc/hostname" }] });

  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByRole("heading", { level: 1 }).locator("..")).toContainText("succeeded", { timeout: 20_000 });
});

test("a job that runs another is made in the form, and their runs lead to each other", async ({ as, api }) => {
  const called = await api.makeJob(`${PREFIX}called`, ["echo hello {{ who }}"], { who: "nobody" });
  const page = await as("operator", "/app/jobs/new");
  await page.getByRole("textbox", { name: "Name" }).first().fill(`${PREFIX}calling`);
  if ((await page.getByRole("combobox", { name: "Type" }).count()) === 0) await page.getByRole("button", { name: "Add a step" }).click();
  await page.getByRole("combobox", { name: "Type" }).last().click();
  await page.getByRole("option", { name: "Run another job" }).click();
  await expect(page.getByRole("combobox", { name: "Target" })).toHaveCount(0);
  await page.getByRole("textbox", { name: "Name of the job" }).fill(called.name);
  await page.getByRole("textbox", { name: "What it is told" }).fill("who=ana");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create job" }).click();
  await expect(page.getByText(`Runs the job ${called.name}`)).toBeVisible();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 }).locator("..")).toContainText("succeeded", { timeout: 20_000 });
  const parent = new URL(page.url()).pathname;
  await page.locator("#step").getByRole("link", { name: /^run #\d+$/ }).click();
  await expect(page.getByRole("region", { name: /Output of step 1/ })).toContainText("hello ana");
  await page.locator("#content").getByRole("link", { name: `run #${/\d+$/.exec(parent)?.[0]}` }).click();
  expect(new URL(page.url()).pathname).toBe(parent);
});
