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
