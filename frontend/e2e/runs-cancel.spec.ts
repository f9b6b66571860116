import { type Api, expect, type Job, PREFIX, type Run, type Step, test } from "./automation";
import { expectAccessible } from "./axe";
import { makeFleet } from "./fleets";

test.describe.configure({ timeout: 120_000 });

const start = async (api: Api, job: Job): Promise<Run> => (await api.call<Run>("POST", `/v1/jobs/${job.id}/run`, {})).body;
const stepsOf = async (api: Api, run: Run): Promise<Step[]> => (await api.call<Step[]>("GET", `/v1/runs/${run.id}/steps`)).body;

test("a step is canceled alone, and the run goes on as after its failure", async ({ as, api }) => {
  const steps = ["echo begun; sleep 300", "echo after"].map((command, index) => ({
    name: `part ${index + 1}`, type: "ssh.exec", target: "demo-machine", command, on_error: "continue",
  }));
  const name = `${PREFIX}cancel-step`;
  const job = (await api.call<Job>("POST", "/v1/jobs", { name, definition: { name, steps } })).body;
  const run = await start(api, job);
  const page = await as("operator", `/app/runs/${run.id}`);
  await expect(page.getByRole("region", { name: /Output of step 1/ })).toContainText("begun", { timeout: 20_000 });
  await expectAccessible(page);
  await page.locator("#step").getByRole("button", { name: "Cancel step" }).click();
  await page.getByRole("menuitem", { name: "This step" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel step" }).click();
  await expect(page.locator("header").getByText("failed")).toBeVisible({ timeout: 30_000 });
  expect((await stepsOf(api, run)).map((step) => [step.status, step.reason])).toEqual([["aborted", "canceled"], ["succeeded", null]]);
  const viewer = await as("viewer", `/app/runs/${run.id}`);
  await expect(viewer.locator("#step")).toBeVisible();
  await expect(viewer.getByRole("button", { name: "Cancel step" })).toHaveCount(0);
});

test("a target is given up while the run goes on with the others", async ({ as, api }) => {
  const { tag, nameOf, remove } = await makeFleet(api, "give-up", 2);
  const steps = ["sleep 4", "echo after"].map((command, index) => ({ name: `part ${index + 1}`, type: "ssh.exec", command }));
  const name = `${PREFIX}cancel-target`;
  const job = (await api.call<Job>("POST", "/v1/jobs", { name, definition: { name, targets: { tags: [tag] }, steps } })).body;
  const run = await start(api, job);
  const page = await as("operator", `/app/runs/${run.id}`);
  await page.getByRole("gridcell", { name: `part 2 on ${nameOf(1)}: queued` }).click();
  await page.locator("#step").getByRole("button", { name: "Cancel step" }).click();
  await page.getByRole("menuitem", { name: `All on ${nameOf(1)}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel target" }).click();
  await expect(page.locator("header").getByText("failed")).toBeVisible({ timeout: 30_000 });
  const ended = (await stepsOf(api, run)).map((step) => `${step.target_name} ${step.status}`).sort();
  expect(ended).toEqual([`${nameOf(1)} aborted`, `${nameOf(1)} aborted`, `${nameOf(2)} succeeded`, `${nameOf(2)} succeeded`]);
  await remove();
});
