import { type Api, expect, type Job, PREFIX, type Run, type Step, test } from "./automation";
import { expectAccessible } from "./axe";

test.describe.configure({ timeout: 90_000 });

const stepsOf = async (api: Api, run: number): Promise<Step[]> => (await api.call<Step[]>("GET", `/v1/runs/${run}/steps`)).body;

test("a step that can be undone is made in the form, and undone when the run fails", async ({ as }) => {
  const page = await as("operator", "/app/jobs/new");
  await page.getByRole("textbox", { name: "Name" }).first().fill(`${PREFIX}undo`);
  const add = page.getByRole("button", { name: "Add a step" });
  if ((await page.getByRole("combobox", { name: "Type" }).count()) === 0) await add.click();
  await page.getByRole("combobox", { name: "Target" }).click();
  await page.getByRole("option", { name: "demo-machine" }).click();
  await page.getByRole("textbox", { name: "Command" }).fill("echo made 7");
  await page.getByRole("textbox", { name: "Keep its result as" }).fill("made");
  await page.getByRole("checkbox", { name: "Can be undone" }).check();
  const undo = page.getByRole("group", { name: "How it is undone" });
  await expect(undo.getByRole("combobox", { name: "Target" })).toHaveCount(0);
  await undo.getByRole("textbox", { name: "Name" }).fill("take it back");
  await undo.getByRole("textbox", { name: "Command" }).fill("echo gone {{ made.stdout }}");
  await expectAccessible(page);
  await add.click();
  await page.getByRole("textbox", { name: "Command" }).last().fill("exit 4");
  await page.getByRole("button", { name: "Create job" }).click();
  await expect(page.getByText("If the run fails later, undone: runs a command on demo-machine with bash.")).toBeVisible();
  await expect(page.getByLabel("Command that undoes step 1")).toHaveText("echo gone {{ made.stdout }}");

  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 }).locator("..")).toContainText("failed", { timeout: 20_000 });
  const alert = page.getByRole("alert").filter({ hasText: "What it did was undone" });
  await expect(alert).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("button", { name: "Undo" })).toHaveCount(0);
  await expectAccessible(page);
  const failed = Number(/\d+$/.exec(new URL(page.url()).pathname)?.[0]);
  await alert.getByRole("link").click();
  await expect(page.getByText(`Undoes run #${failed}.`)).toBeVisible();
  await expect(page.getByRole("region", { name: /Output of step 1/ })).toContainText("gone made 7");
  await expect(page.locator("#step").getByText(`undoes step 1 of run #${failed}`)).toBeVisible();
  await page.locator("#step").getByText("Command").click();
  await expect(page.locator("#step").getByText("echo gone {{ made.stdout }}")).toBeVisible();
  await expect(page.getByRole("button", { name: "Run again" })).toHaveCount(0);
});

test("what a run did is undone by hand, again if some of it could not be", async ({ as, api }) => {
  const gate = `/tmp/${PREFIX}undo-gate-${process.pid}`;
  const undone = (name: string, command: string) => ({
    name, type: "ssh.exec", target: "demo-machine", command: "true", undo: { name: `no ${name}`, type: "ssh.exec", command },
  });
  const steps = [undone("first", "echo one"), undone("second", `rm ${gate}`)];
  const name = `${PREFIX}undo-hand`;
  const job = (await api.call<Job>("POST", "/v1/jobs", { name, definition: { name, steps } })).body;
  const run = await api.runToEnd(job);
  expect(run.undo_left).toBe(2);
  const page = await as("operator", `/app/runs/${run.id}`);
  const undo = async () => {
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Undo" }).click();
    await expect(page.getByText(`Undoes run #${run.id}.`)).toBeVisible();
  };
  await undo();
  const state = page.getByRole("heading", { level: 1 }).locator("..");
  await expect(state).toContainText("failed", { timeout: 20_000 });
  const first = Number(/\d+$/.exec(new URL(page.url()).pathname)?.[0]);
  expect((await api.call<Run>("GET", `/v1/runs/${first}`)).body.reason).toBe("compensation_failed");
  expect((await stepsOf(api, first)).map((step) => [step.name, step.status])).toEqual([["no second", "failed"], ["no first", "aborted"]]);
  await page.getByRole("link", { name: `run #${run.id}` }).first().click();
  await expect(page.getByRole("alert").filter({ hasText: "2 steps were not undone" })).toBeVisible();
  await expectAccessible(page);
  const maker = await api.makeJob(`${PREFIX}undo-gate`, [`touch ${gate}`]);
  await api.runToEnd(maker);
  await undo();
  await expect(state).toContainText("succeeded", { timeout: 20_000 });
  await page.getByRole("link", { name: `run #${run.id}` }).first().click();
  await expect(page.getByRole("alert").filter({ hasText: "What it did was undone" })).toBeVisible();
  const viewer = await as("viewer", "/app/runs");
  await expect(viewer.getByText(`undoes #${run.id}`).first()).toBeVisible();
});
