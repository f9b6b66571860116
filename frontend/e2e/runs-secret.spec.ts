import { expect, PREFIX, test } from "./automation";
import { expectAccessible } from "./axe";

test.describe.configure({ timeout: 120_000 });

test("a secret is typed for a run, used on its target, and shown nowhere", async ({ as, api }) => {
  const job = await api.makeJob(`${PREFIX}secret`, ["echo got {{ token }}; printf %s {{ token }} | wc -c"], { token: "" });
  const page = await as("operator", `/app/jobs/${job.id}/edit`);
  await page.getByRole("button", { name: /^parameter 1/ }).click();
  await page.getByRole("region", { name: /^parameter 1/ }).getByRole("combobox", { name: "Type" }).click();
  await page.getByRole("option", { name: /^Secret/ }).click();
  await expect(page.getByRole("textbox", { name: "Default" })).toHaveCount(0);
  await expect(page.getByRole("textbox", { name: "Definition as YAML" })).toHaveValue(/token:\n\s+type: secret\n/);
  await page.getByRole("checkbox", { name: "Has to be given" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const field = dialog.getByLabel("token");
  await expect(field).toHaveAttribute("type", "password");
  await field.fill("abc");
  await dialog.getByRole("button", { name: "Run", exact: true }).click();
  await expect(dialog.getByText("At least 4 characters")).toBeVisible();
  await expectAccessible(page);
  await field.fill("hunter2-long");
  await dialog.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page).toHaveURL(/\/runs\/\d+/);
  const output = page.getByRole("region", { name: /Output of step 1/ });
  await expect(output).toContainText("got ***", { timeout: 30_000 });
  await expect(output).toContainText("12");
  await expect(page.getByText("••••••••, not shown")).toBeVisible();
  expect(await page.content()).not.toContain("hunter2-long");
  const id = /\d+/.exec(new URL(page.url()).pathname)?.[0];
  const { body } = await api.call<object>("GET", `/v1/runs/${id}`);
  expect(body).toMatchObject({ status: "succeeded", parameters: { token: { secret: true } } });
});
