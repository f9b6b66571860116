import type { Page } from "@playwright/test";
import { expect, type Job, PREFIX, type Run, test } from "./automation";
import { expectAccessible } from "./axe";

// Axe looks long at a page, and the machine may be busy.
test.describe.configure({ timeout: 120_000 });

/** The YAML beside the form. */
const yamlOf = (page: Page) => page.getByRole("textbox", { name: "Definition as YAML" });

/** Replaces all of the YAML, as somebody who pastes it. */
async function writeYaml(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await yamlOf(page).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+v");
}

test.describe("the list of jobs", () => {
  test("finds, runs, deactivates and deletes", async ({ as, api }) => {
    const job = await api.makeJob(`${PREFIX}list`, ["true"]);
    const other = await api.makeJob(`${PREFIX}other`, ["true"]);
    const page = await as("operator", "/app/jobs");
    await page.keyboard.press("/");
    await page.keyboard.type(`${PREFIX}lis`);
    await expect(page.getByRole("link", { name: job.name, exact: true })).toBeVisible();
    await expect(page.getByRole("link", { name: other.name, exact: true })).toHaveCount(0);
    expect(new URL(page.url()).searchParams.get("q")).toBe(`${PREFIX}lis`);
    await expectAccessible(page);
    await page.getByRole("button", { name: `Run ${job.name}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Run", exact: true }).click();
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    await page.goBack();
    await page.getByRole("button", { name: `Actions for ${job.name}` }).click();
    await page.getByRole("menuitem", { name: "Deactivate" }).click();
    await expect(page.getByRole("button", { name: `Run ${job.name}` })).toBeDisabled();
    expect((await api.findJob(job.name))?.is_active).toBe(false);
    await page.getByRole("button", { name: `Actions for ${job.name}` }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    expect(await api.findJob(job.name)).toBeDefined();
    await page.getByRole("button", { name: `Actions for ${job.name}` }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete job" }).click();
    await expect(page.getByText("Nothing fits the filter")).toBeVisible();
    expect(await api.findJob(job.name)).toBeUndefined();
  });

  test("viewers read and change nothing", async ({ as, api }) => {
    const job = await api.makeJob(`${PREFIX}viewed`, ["true"]);
    const page = await as("viewer", "/app/jobs");
    await expect(page.getByRole("link", { name: job.name, exact: true })).toBeVisible();
    for (const name of ["New job", `Run ${job.name}`, `Actions for ${job.name}`]) await expect(page.getByRole("button", { name })).toHaveCount(0);
    await expect(page.getByRole("link", { name: "New job" })).toHaveCount(0);
    await page.getByRole("link", { name: job.name, exact: true }).click();
    await expect(page.getByRole("heading", { name: "What it does" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Run" })).toHaveCount(0);
    await page.goto(`/app/jobs/${job.id}/edit`);
    await expect(page.getByText("Your role may not see this")).toBeVisible();
    await page.goto("/app/jobs/new");
    await expect(page.getByText("Your role may not see this")).toBeVisible();
  });

  test("says when there are none, and when it cannot be loaded", async ({ as, allowed }) => {
    allowed.push(/503/);
    const page = await as("operator", "/app/");
    await page.route("**/api/v1/jobs?*", (route) => route.fulfill({ json: { jobs: [], total: 0 } }));
    await page.getByRole("link", { name: "Jobs", exact: true }).click();
    await expect(page.getByText("No jobs yet")).toBeVisible();
    await page.unroute("**/api/v1/jobs?*");
    await page.route("**/api/v1/jobs?*", (route) => route.fulfill({ status: 503, json: { code: "database.away", detail: "The database is away." } }));
    await page.reload();
    await expect(page.getByRole("alert")).toContainText("The database is away.", { timeout: 20_000 });
  });
});

test.describe("running a job", () => {
  const PARAMETERS = {
    version: { type: "string", required: true, pattern: "[0-9.]+", max: 10, description: "What is rolled out" },
    replicas: { type: "integer", min: 1, max: 9, default: 2 },
    stage: { type: "enum", values: ["dev", "prod"], default: "dev" },
    loud: false,
  };

  test("asks for its parameters, shows what is wrong at the field, and starts it once", async ({ as, api, allowed }) => {
    allowed.push(/400/);
    const job = await api.makeJob(`${PREFIX}params`, ["echo {{ version }} {{ replicas }} {{ stage }} {{ loud }}"], PARAMETERS);
    const page = await as("operator", `/app/jobs/${job.id}`);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    const dialog = page.getByRole("dialog");
    const run = dialog.getByRole("button", { name: "Run", exact: true });
    await run.click();
    await expect(dialog.getByText("Is needed")).toBeVisible();
    await dialog.getByRole("textbox", { name: "version" }).fill("one two");
    await dialog.getByRole("textbox", { name: "replicas" }).fill("12");
    await run.click();
    await expect(dialog.getByText("A whole number from 1 to 9")).toBeVisible();
    await dialog.getByRole("textbox", { name: "replicas" }).fill("3");
    // The pattern is the server's to check.
    await run.click();
    await expect(dialog.getByText("must fit the pattern [0-9.]+", { exact: true })).toBeVisible();
    await expect(dialog.getByRole("textbox", { name: "version" })).toHaveValue("one two");
    await expectAccessible(page);
    await dialog.getByRole("textbox", { name: "version" }).fill("1.2.3");
    await dialog.getByRole("combobox", { name: "stage" }).click();
    await page.getByRole("option", { name: "prod" }).click();
    await dialog.getByRole("checkbox", { name: "loud" }).check();
    const [request] = await Promise.all([page.waitForRequest((one) => one.url().endsWith(`/jobs/${job.id}/run`)), run.click()]);
    expect(await request.headerValue("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    const { body } = await api.call<Run>("GET", `/v1/runs/${page.url().split("/").at(-1)}`);
    expect(body.parameters).toEqual({ version: "1.2.3", replicas: 3, stage: "prod", loud: true });
    await expect(page.getByRole("region", { name: /Output of step 1/ })).toContainText(/1\.2\.3 3 prod true/i, { timeout: 15_000 });
  });

  test("needs no mouse", async ({ as, api }) => {
    const job = await api.makeJob(`${PREFIX}keys`, ["echo by keyboard"]);
    const page = await as("operator", "/app/");
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("searchbox", { name: "Go to or begin" }).or(page.getByRole("textbox", { name: "Go to or begin" }))).toBeFocused();
    await page.keyboard.type("jobs");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Jobs", level: 1 })).toBeVisible();
    await page.keyboard.press("/");
    await page.keyboard.type(job.name);
    const link = page.getByRole("link", { name: job.name, exact: true });
    await expect(page.getByText("1 job", { exact: true })).toBeVisible();
    for (let i = 0; i < 8 && !(await link.evaluate((one) => one === document.activeElement)); i++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: job.name })).toBeVisible();
    const run = page.getByRole("button", { name: "Run", exact: true });
    for (let i = 0; i < 8 && !(await run.evaluate((one) => one === document.activeElement)); i++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const send = page.getByRole("dialog").getByRole("button", { name: "Run", exact: true });
    await expect(send).toBeVisible();
    for (let i = 0; i < 8 && !(await send.evaluate((one) => one === document.activeElement)); i++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    await expect(page.getByRole("region", { name: /Output of step 1/ })).toContainText("by keyboard", { timeout: 15_000 });
  });
});

test.describe("the page of a job", () => {
  test("says what it does, shows its runs, and what differs between versions", async ({ as, api }) => {
    const job = await api.makeJob(`${PREFIX}page`, ["echo one"], { who: "world" });
    const run = await api.runToEnd(job);
    const definition = { ...job.definition, steps: [{ type: "ssh.exec", target: "demo-machine", command: "echo two", timeoutSec: 5 }] };
    await api.call("PUT", `/v1/jobs/${job.id}`, { definition });
    const page = await as("operator", `/app/jobs/${job.id}`);
    await expect(page.getByText("Runs a command on demo-machine with bash; at most 5 s; if it fails, the run stops.")).toBeVisible();
    await expect(page.getByRole("table", { name: "Last runs" })).toContainText(`#${run.id}`);
    await expect(page.getByRole("table", { name: "Parameters" })).toContainText("world");
    const diff = page.getByRole("region", { name: "Definition, line by line" });
    await expect(diff.locator("tr[data-kind=removed]").filter({ hasText: "command: echo one" })).toBeVisible();
    await expect(diff.locator("tr[data-kind=added]").filter({ hasText: "command: echo two" })).toBeVisible();
    await expect(diff.locator("tr[data-kind=same]").filter({ hasText: "target: demo-machine" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("combobox", { name: "Compare version" }).click();
    await page.getByRole("option", { name: "Version 2" }).click();
    await expect(diff.locator("tr[data-kind=removed]")).toHaveCount(0);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Deactivate" }).click();
    await expect(page.getByRole("button", { name: "Run", exact: true })).toBeDisabled();
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete job" }).click();
    await expect(page).toHaveURL(/\/jobs$/);
    expect(await api.findJob(job.name)).toBeUndefined();
  });
});

test.describe("the editor", () => {
  test("makes a job from the form; the YAML follows", async ({ as, api }) => {
    const name = `${PREFIX}form`;
    const page = await as("operator", "/app/jobs/new");
    await page.getByRole("button", { name: "Create job" }).click();
    await expect(page.getByText("A name is needed").first()).toBeVisible();
    await expect(page.getByText("What is to be run").first()).toBeVisible();
    await page.getByRole("textbox", { name: "Name", exact: true }).first().fill(name);
    await page.getByRole("button", { name: "Add a parameter" }).click();
    const parameter = page.getByRole("region", { name: /parameter 1/ });
    await parameter.getByRole("textbox", { name: "Name" }).fill("word");
    await parameter.getByRole("textbox", { name: "What it is for" }).fill("what is said");
    await parameter.getByRole("textbox", { name: "Default" }).fill("hello");
    const first = page.getByRole("region", { name: /step 1/ });
    await first.getByRole("textbox", { name: "Name" }).fill("say");
    await first.getByRole("combobox", { name: "Target" }).click();
    await page.getByRole("option", { name: "demo-machine" }).click();
    await first.getByRole("textbox", { name: "Command" }).fill("echo {{ wort }}");
    await expect(first.getByText("{{ wort }} is no parameter of this job")).toBeVisible();
    await first.getByRole("textbox", { name: "Command" }).fill("echo {{ word }}\necho $NAME");
    await first.getByRole("textbox", { name: "Environment" }).fill("NAME=ana");
    await page.getByRole("button", { name: "Add a step" }).click();
    const second = page.getByRole("region", { name: /step 2/ });
    await second.getByRole("combobox", { name: "Type" }).click();
    await page.getByRole("option", { name: "Copy a file over SSH" }).click();
    await second.getByRole("textbox", { name: "Path on the target" }).fill(`/tmp/${PREFIX}file`);
    await second.getByRole("textbox", { name: "Content" }).fill("grüße\n");
    await expect(yamlOf(page)).toHaveValue(/type: ssh.copy/);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Create job" }).click();
    await expect(page.getByRole("heading", { name })).toBeVisible();
    const job = await api.findJob(name);
    expect(job?.definition).toEqual({
      name,
      parameters: { word: { type: "string", default: "hello", description: "what is said" } },
      steps: [
        { name: "say", type: "ssh.exec", target: "demo-machine", command: "echo {{ word }}\necho $NAME", env: { NAME: "ana" } },
        { type: "ssh.copy", target: "demo-machine", destPath: `/tmp/${PREFIX}file`, contentB64: Buffer.from("grüße\n").toString("base64") },
      ],
    });
  });

  test("moves and removes steps, by buttons and by keys", async ({ as, api }) => {
    const job = await api.makeJob(`${PREFIX}order`, ["echo a", "echo b", "echo c"]);
    const page = await as("operator", `/app/jobs/${job.id}/edit`);
    await expect(page.getByText("Version 1; nothing has changed yet.")).toBeVisible();
    await page.getByRole("button", { name: "Move step 1 down" }).click();
    const moved = page.getByRole("button", { name: /step 2 part 1/i });
    await expect(moved).toBeFocused();
    await page.keyboard.press("Alt+ArrowDown");
    await expect(page.getByRole("button", { name: /step 3 part 1/i })).toBeFocused();
    await expect(page.getByText("Saving makes version 2.")).toBeVisible();
    await page.getByRole("button", { name: "Remove step 1" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page).toHaveURL(new RegExp(`/jobs/${job.id}$`));
    const saved = await api.findJob(job.name);
    const steps = saved?.definition as unknown as { steps: { command: string }[] };
    expect(steps.steps.map((step) => step.command)).toEqual(["echo c", "echo a"]);
    expect(saved?.version).toBe(2);
  });

  test("reads YAML, says the line that it cannot read, and leaves alone what it does not know", async ({ as, api, allowed }) => {
    allowed.push(/400/);
    const name = `${PREFIX}yaml`;
    const page = await as("operator", "/app/jobs/new");
    const good = `name: ${name} # by hand\nnotify:\n  user: backup\nsteps:\n  - type: ssh.exec\n    target: demo-machine\n    command: echo hi`;
    await writeYaml(page, good);
    const form = page.getByRole("group", { name: "Definition" });
    await expect(form.getByRole("textbox", { name: "Name", exact: true }).first()).toHaveValue(name);
    await writeYaml(page, `${good}\n  - [never: closed`);
    await expect(page.getByText(/cannot be read: line \d/)).toBeVisible();
    await expect(form.getByRole("textbox", { name: "Command" })).toBeDisabled();
    await expect(form.getByRole("textbox", { name: "Command" })).toHaveValue("echo hi");
    await writeYaml(page, good);
    await expect(form.getByRole("textbox", { name: "Command" })).toBeEnabled();
    // A change in the form keeps the comment and the unknown field.
    await form.getByRole("textbox", { name: "Command" }).fill("echo ho");
    await expect(yamlOf(page)).toHaveValue(/# by hand/);
    await expect(yamlOf(page)).toHaveValue(/user: backup/);
    await page.getByRole("button", { name: "Create job" }).click();
    // The server does not know it yet; it says so, at its line.
    await expect(page.getByText("is not available in this version").first()).toBeVisible();
    await expect(page.locator("[data-fault]")).toHaveCount(1);
    expect(await api.findJob(name)).toBeUndefined();
    await writeYaml(page, good.replace(/notify[\s\S]*?steps/, "steps"));
    await page.getByRole("button", { name: "Create job" }).click();
    await expect(page.getByRole("heading", { name })).toBeVisible();
    expect((await api.findJob(name))?.definition).toMatchObject({ steps: [{ command: "echo hi" }] });
  });

  test("a name that is taken is said at the field, and nothing typed is lost", async ({ as, api, allowed }) => {
    allowed.push(/409/);
    const taken = await api.makeJob(`${PREFIX}taken`, ["true"]);
    const job = await api.makeJob(`${PREFIX}renamed`, ["true"]);
    const page = await as("operator", `/app/jobs/${job.id}/edit`);
    const name = page.getByRole("textbox", { name: "Name", exact: true }).first();
    await name.fill(taken.name);
    await expect(page.getByText("The name changes; the job stays at version 1.")).toBeVisible();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("choose another name").first()).toBeVisible();
    await expect(name).toHaveAttribute("aria-invalid", "true");
    await expect(name).toHaveValue(taken.name);
    await name.fill(`${PREFIX}renamed-again`);
    await expect(name).not.toHaveAttribute("aria-invalid", "true");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { name: `${PREFIX}renamed-again` })).toBeVisible();
    expect((await api.call<Job>("GET", `/v1/jobs/${job.id}`)).body).toMatchObject({ name: `${PREFIX}renamed-again`, version: 1 });
  });

  test("asks before changes are lost, and offers them after a reload", async ({ as, api }) => {
    const job = await api.makeJob(`${PREFIX}draft`, ["true"]);
    const page = await as("operator", `/app/jobs/${job.id}/edit`);
    await page.getByRole("textbox", { name: "Description" }).fill("half written");
    await page.getByRole("link", { name: "Jobs", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await expect(page.getByRole("textbox", { name: "Description" })).toHaveValue("half written");
    await page.reload();
    await expect(page.getByText("There is an unsaved draft from before")).toBeVisible();
    await expect(page.getByRole("textbox", { name: "Description" })).toHaveValue("");
    await page.getByRole("button", { name: "Restore it" }).click();
    await expect(page.getByRole("textbox", { name: "Description" })).toHaveValue("half written");
    await page.getByRole("link", { name: "Jobs", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
    await expect(page).toHaveURL(/\/jobs$/);
    await page.goto(`/app/jobs/${job.id}/edit`);
    await expect(page.getByRole("heading", { name: `Edit ${job.name}` })).toBeVisible();
    await expect(page.getByText("There is an unsaved draft from before")).toHaveCount(0);
  });

  test("asks before it saves on top of what somebody else saved", async ({ as, api }) => {
    const job = await api.makeJob(`${PREFIX}race`, ["echo mine"]);
    const page = await as("operator", `/app/jobs/${job.id}/edit`);
    await page.getByRole("textbox", { name: "Description" }).fill("mine");
    await api.call("PUT", `/v1/jobs/${job.id}`, { definition: { ...job.definition, description: "theirs" } });
    await page.getByRole("button", { name: "Save" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("it is at version 2");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    expect((await api.findJob(job.name))?.version).toBe(2);
    await page.getByRole("button", { name: "Save" }).click();
    await dialog.getByRole("button", { name: "Save mine on top" }).click();
    await expect(page).toHaveURL(new RegExp(`/jobs/${job.id}$`));
    expect(await api.findJob(job.name)).toMatchObject({ version: 3, definition: { description: "mine" } });
  });

  test("works on a small screen, one side at a time", async ({ as }) => {
    const page = await as("operator", "/app/jobs/new");
    await page.setViewportSize({ width: 360, height: 740 });
    await expect(yamlOf(page)).toBeHidden();
    await page.getByText("YAML", { exact: true }).first().click();
    await expect(yamlOf(page)).toBeVisible();
    await expect(page.getByRole("textbox", { name: "Description" })).toBeHidden();
    expect(await page.locator("#content").evaluate((main) => main.scrollWidth <= main.clientWidth)).toBe(true);
  });
});
