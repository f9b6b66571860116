import { expect, PREFIX, test } from "./automation";
import { expectAccessible } from "./axe";

// Axe looks long at a page, and the machine may be busy.
test.describe.configure({ timeout: 120_000 });

test("two runs of a job are compared", async ({ as, api }) => {
  const job = await api.makeJob(`${PREFIX}compare`, ["echo same", "exit {{ code }}"], { code: "0", db_password: "one" });
  const first = await api.runToEnd(job);
  const second = await api.runToEnd(job, { code: "4", db_password: "two" });
  const page = await as("viewer", `/app/runs/${second.id}`);
  await page.getByRole("link", { name: "Compare", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/runs/${second.id}/compare/${first.id}$`));
  const both = page.getByRole("region", { name: "Both runs" });
  await expect(both.getByRole("row", { name: "code 0 4" })).toBeVisible();
  await expect(both).not.toContainText("two");
  const steps = page.getByRole("table", { name: "Steps of both runs" });
  const rows = steps.locator("tbody tr[aria-rowindex]");
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText("exit 4");
  await page.getByRole("checkbox", { name: "Also what is the same" }).click();
  await expect(rows).toHaveCount(2);
  await expectAccessible(page);
  await page.getByRole("link", { name: `part 2 in run ${first.id}: succeeded` }).click();
  await expect(page).toHaveURL(new RegExp(`/runs/${first.id}#step-2$`));
});

test("a run that is not there cannot be compared", async ({ as, api, allowed }) => {
  allowed.push(/404/);
  const run = await api.runToEnd(await api.makeJob(`${PREFIX}compare-none`, ["true"]));
  const page = await as("viewer", `/app/runs/${run.id}/compare/987654321`);
  await expect(page.getByText("There is no such thing")).toBeVisible();
});
