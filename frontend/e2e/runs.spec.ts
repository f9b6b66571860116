import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Api, expect, PREFIX, type Run, type Step, test } from "./automation";
import { expectAccessible } from "./axe";

// Axe looks long at a page, and the machine may be busy.
test.describe.configure({ timeout: 120_000 });

const COLOURS = "printf '\\033[31mred\\033[0m and plain\\n'";

test.describe("the list of runs", () => {
  test("shows the newest first, and filters by state and job in the address", async ({ as, api }) => {
    const fails = await api.makeJob(`${PREFIX}list-fails`, ["exit 3"]);
    const works = await api.makeJob(`${PREFIX}list-works`, ["true", "true"]);
    const failed = await api.runToEnd(fails);
    const succeeded = await api.runToEnd(works);
    const page = await as("viewer", "/app/runs");
    const table = page.getByRole("table", { name: "Runs" });
    const rows = table.locator("tbody tr[aria-rowindex]");
    await expect(table.getByRole("link", { name: `#${succeeded.id}`, exact: true })).toBeVisible();
    const ids = (await rows.locator("a").allTextContents()).map((text) => Number(text.slice(1)));
    expect(ids).toEqual([...ids].sort((a, b) => b - a));

    await page.getByRole("combobox", { name: "Job" }).fill(works.name);
    await page.getByRole("option", { name: works.name }).click();
    await expect(rows).toHaveCount(1);
    await expect(rows.first()).toContainText("2 of 2");
    expect(new URL(page.url()).searchParams.get("job")).toBe(String(works.id));

    await page.goto(`/app/runs?status=failed&job=${fails.id}`);
    await expect(rows).toHaveCount(1);
    await expect(rows.first()).toContainText("failed");
    await expect(rows.first()).toContainText(failed.requested_by_name);
    await page.goto(`/app/runs?status=queued&job=${fails.id}`);
    await expect(page.getByText("Nothing fits the filter")).toBeVisible();
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await expect(table).toBeVisible();
    await expectAccessible(page);
  });

  test("follows a run that is at work, and leads to a run by its number", async ({ as, api }) => {
    const job = await api.makeJob(`${PREFIX}list-live`, ["sleep 2", "sleep 4"]);
    const page = await as("viewer", `/app/runs?job=${job.id}`);
    await expect(page.getByText("Nothing fits the filter")).toBeVisible();
    const { body: run } = await api.call<Run>("POST", `/v1/jobs/${job.id}/run`, {});
    const row = page.getByRole("row").filter({ hasText: `#${run.id}` });
    await page.reload();
    await expect(row).toContainText("running");
    await expect(row).toContainText("1 of 2");
    await expect(row).toContainText("succeeded", { timeout: 15_000 });
    await page.keyboard.press("/");
    await page.keyboard.type("no number");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("textbox", { name: "Go to run number" })).toHaveAttribute("aria-invalid", "true");
    await page.getByRole("textbox", { name: "Go to run number" }).fill(`#${run.id}`);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toContainText(`#${run.id}`);
  });

  test("says when it cannot be loaded, and tries again", async ({ as, allowed }) => {
    allowed.push(/500/);
    const page = await as("viewer", "/app/");
    await page.route("**/api/v1/runs?*", (route) =>
      route.fulfill({ status: 500, json: { code: "internal", detail: "The database is away.", request_id: "abc123" } }),
    );
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("The database is away.");
    await expect(page.getByRole("alert")).toContainText("abc123");
    await page.unroute("**/api/v1/runs?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("table", { name: "Runs" })).toBeVisible();
  });

  test("reads further pages as one scrolls", async ({ as }) => {
    const page = await as("viewer", "/app/");
    const of = (id: number): Partial<Run> => ({
      ...{ id, job_id: 1, job_name: "made up", job_version: 1, status: "succeeded", requested_by_name: "ana", parameters: {}, steps_total: 1 },
      ...{ queued_at: "2026-01-01T00:00:00Z", started_at: "2026-01-01T00:00:01Z", finished_at: "2026-01-01T00:00:02Z", correlation_id: "x" },
    });
    await page.route("**/api/v1/runs?*", (route) => {
      const query = new URL(route.request().url()).searchParams;
      const [skip, limit] = [Number(query.get("skip")), Number(query.get("limit"))];
      const amount = Math.max(0, Math.min(limit, 10_000 - skip));
      return route.fulfill({ json: { total: 10_000, runs: Array.from({ length: amount }, (_, i) => of(10_000 - skip - i)) } });
    });
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await expect(page.getByText("10,000 runs")).toBeVisible();
    for (const wanted of [200, 300]) {
      await page.locator("#content").evaluate((main) => main.scrollTo(0, main.scrollHeight));
      await expect(page.getByText(`${wanted} of 10,000; scroll for more`)).toBeAttached();
    }
    expect(await page.locator("tbody tr").count()).toBeLessThan(100);
  });
});

test.describe("the page of a run", () => {
  test("shows what failed at once: reason, exit code and both streams", async ({ as, api }) => {
    const job = await api.makeJob(`${PREFIX}page-fails`, [COLOURS, "echo before; echo 'disk is full' >&2; exit 3", "echo never"], { who: "ana", db_password: "hunter22" });
    const run = await api.runToEnd(job);
    const page = await as("admin", `/app/runs/${run.id}`);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(`${job.name} #${run.id}`);
    await expect(page.getByRole("heading", { name: "Step 2: part 2" })).toBeVisible();
    await expect(page.getByText("The command ended with exit code 3.")).toBeVisible();
    const log = page.getByRole("region", { name: /Output of step 2/ });
    await expect(log).toContainText("disk is full");
    await page.getByText("stderr", { exact: true }).click();
    await expect(log).not.toContainText("before");
    await expect(log).toContainText("disk is full");
    // Steps that never started are told apart.
    await page.getByRole("button", { name: /part 3/ }).click();
    await expect(page.getByText("This step wrote nothing.")).toBeVisible();
    await expect(page.getByText("A step before it failed.")).toBeVisible();
    // Colours are looks, never text.
    await page.getByRole("button", { name: /part 1/ }).click();
    const red = page.getByRole("region", { name: /Output of step 1/ }).getByText("red", { exact: true });
    await expect(red).toHaveCSS("color", await page.evaluate(() => {
      const probe = document.createElement("i");
      probe.style.color = "var(--opsc-ansi-1)";
      document.body.append(probe);
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    }));
    // What looks like a secret is not shown; the audit log is.
    await expect(page.getByText("ana", { exact: true })).toBeVisible();
    await expect(page.locator("#content")).not.toContainText("hunter22");
    await expect(page.getByRole("table", { name: "Audit entries of the run" })).toContainText("run.started");
    await expectAccessible(page);
  });

  test("searches 20,000 lines, links to one, and saves them", async ({ as, api }) => {
    const job = await api.makeJob(`${PREFIX}page-many`, ["seq 1 20000"]);
    const run = await api.runToEnd(job);
    const page = await as("viewer", `/app/runs/${run.id}`);
    const log = page.getByRole("region", { name: /20,000 lines/ });
    await expect(log).toBeVisible();
    expect(await log.locator("code").count()).toBeLessThan(120);
    const search = page.getByRole("searchbox", { name: "Search in the output" });
    await page.keyboard.press("/");
    await expect(search).toBeFocused();
    await page.keyboard.type("1999");
    await expect(page.getByText("1 of 12")).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(page.getByText("2 of 12")).toBeVisible();
    await page.getByRole("button", { name: "Previous match" }).click();
    await page.getByRole("button", { name: "Previous match" }).click();
    await expect(page.getByText("12 of 12")).toBeVisible();
    await expect(log.locator("mark[data-current]")).toBeInViewport();
    await search.press("Escape");
    await expect(search).toHaveValue("");
    // A link to a line leads to it, even in a new page.
    await log.getByRole("link", { name: "Line 19990" }).click({ modifiers: [] });
    await expect(page).toHaveURL(/#step-1-L19990$/);
    await page.goto(`/app/runs/${run.id}#step-1-L12345`);
    await page.reload();
    await expect(log.locator("[data-placed]")).toContainText("12345");
    await expect(log.locator("[data-placed]")).toBeInViewport();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download the output" }).click()]);
    expect(download.suggestedFilename()).toBe(`run-${run.id}-step-1-demo-machine.log`);
    const saved = await readFile(await download.path(), "utf8");
    expect(saved.trim().split("\n")).toHaveLength(20_000);
    await page.getByRole("button", { name: "Wrap long lines" }).click();
    await expect(log.locator("code").first()).toHaveCSS("white-space", "pre-wrap");
  });

  test("a run is followed and canceled, and viewers cannot", async ({ as, api }) => {
    const job = await api.makeJob(`${PREFIX}page-long`, ["sleep 60", "echo never"]);
    const { body: run } = await api.call<Run>("POST", `/v1/jobs/${job.id}/run`, {});
    const watching = await as("viewer", `/app/runs/${run.id}`);
    await expect(watching.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(watching.getByRole("button", { name: "Cancel", exact: true })).toHaveCount(0);
    const page = await as("operator", `/app/runs/${run.id}`);
    await expect(page.locator("header").getByText("running")).toBeVisible();
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel", exact: true }).click();
    expect((await api.call<Run>("GET", `/v1/runs/${run.id}`)).body.cancel_requested_at).toBeNull();
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel run" }).click();
    await expect(page.locator("header").getByText("canceled")).toBeVisible({ timeout: 15_000 });
    expect((await api.call<Run>("GET", `/v1/runs/${run.id}`)).body.status).toBe("canceled");
    await expect(watching.locator("header").getByText("canceled")).toBeVisible({ timeout: 15_000 });
  });

  test("runs again with the same parameters, or with others", async ({ as, api }) => {
    const job = await api.makeJob(`${PREFIX}page-again`, ["echo {{ word }}"], { word: "first" });
    const run = await api.runToEnd(job, { word: "second" });
    const page = await as("operator", `/app/runs/${run.id}`);
    await page.getByRole("button", { name: "Run again" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Run again" }).click();
    await expect(page).not.toHaveURL(new RegExp(`/runs/${run.id}$`));
    const again = Number(page.url().split("/").at(-1));
    expect((await api.call<Run>("GET", `/v1/runs/${again}`)).body.parameters).toEqual({ word: "second" });
    await expect(page.getByRole("region", { name: /Output of step 1/ })).toContainText("second", { timeout: 15_000 });
    await page.getByRole("link", { name: "Change and run" }).click();
    await expect(page.getByRole("textbox", { name: "word" })).toHaveValue("second");
  });

  test("goes on with what was not done, and leads back", async ({ as, api }) => {
    const mark = join(await mkdtemp(join(tmpdir(), "walk-")), "mended");
    const job = await api.makeJob(`${PREFIX}page-rest`, ["echo once", `[ -e ${mark} ] && echo mended`]);
    const run = await api.runToEnd(job);
    expect(run.status).toBe("failed");
    await writeFile(mark, "");
    const page = await as("operator", `/app/runs/${run.id}`);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("menuitem", { name: "With what was not done" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Go on" }).click();
    await expect(page).not.toHaveURL(new RegExp(`/runs/${run.id}$`));
    await expect(page.getByRole("region", { name: /Output of step 2/ })).toContainText("mended", { timeout: 15_000 });
    await expect(page.getByText("Goes on with what was left of")).toBeVisible();
    await expect(page.getByRole("button", { name: "Go on" })).toHaveCount(0, { timeout: 15_000 });
    await expectAccessible(page);
    await page.getByRole("link", { name: `run #${run.id}` }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText(`#${run.id}`);
    await rm(dirname(mark), { recursive: true });
  });

  test("a refusal is said in words", async ({ as, api, allowed }) => {
    allowed.push(/400/);
    const job = await api.makeJob(`${PREFIX}page-refused`, ["true"]);
    const run = await api.runToEnd(job);
    await api.call("PUT", `/v1/jobs/${job.id}`, { is_active: false });
    const page = await as("operator", `/app/runs/${run.id}`);
    await page.getByRole("button", { name: "Run again" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Run again" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "is not active" })).toBeVisible();
  });

  test("one that is not there says so", async ({ as, allowed }) => {
    allowed.push(/404/);
    const page = await as("viewer", "/app/runs/987654321");
    await expect(page.getByText("There is no such thing")).toBeVisible();
    await page.goto("/app/runs/none");
    await expect(page.getByText("There is no such thing")).toBeVisible();
  });
});

/** A run as it would be after an executor was lost, which no test can bring about on a shared platform. */
async function lostRun(api: Api, name: string): Promise<{ run: Run; steps: Step[] }> {
  const job = await api.makeJob(`${PREFIX}${name}`, ["echo one", "echo two"]);
  const run = await api.runToEnd(job);
  const { body: steps } = await api.call<Step[]>("GET", `/v1/runs/${run.id}/steps`);
  const [first, second] = steps;
  if (!first || !second) throw new Error("the run has no two steps");
  return {
    run: { ...run, status: "needs_attention", reason: "lost_executor", finished_at: null },
    steps: [
      { ...first, status: "unknown", reason: "lost_executor", finished_at: null, exit_code: null, stdout: null },
      { ...second, status: "queued", started_at: null, finished_at: null, exit_code: null, stdout: null },
    ],
  };
}

test("a person decides what became of a step whose executor was lost", async ({ as, api, allowed }) => {
  allowed.push(/409/);
  const { run, steps } = await lostRun(api, "lost");
  const sent: unknown[] = [];
  const play = async (page: Awaited<ReturnType<typeof as>>) => {
    await page.route(`**/api/v1/runs/${run.id}`, (route) => route.fulfill({ json: run }));
    await page.route(`**/api/v1/runs/${run.id}/steps?*`, (route) => route.fulfill({ json: steps }));
  };
  const viewer = await as("viewer", "/app/");
  await play(viewer);
  await viewer.goto(`/app/runs/${run.id}`);
  await expect(viewer.getByText("An operator or admin has to decide.")).toBeVisible();
  await expect(viewer.getByRole("radio", { name: "It did its work" })).toHaveCount(0);

  const page = await as("operator", "/app/");
  await play(page);
  // The first answer refuses, as it does when somebody else was faster.
  await page.route(`**/api/v1/runs/${run.id}/steps/*/resolve`, (route) => {
    sent.push(route.request().postDataJSON());
    if (sent.length === 1) return route.fulfill({ status: 409, json: { code: "runs.step_not_unknown", detail: "there is no step that waits for a decision" } });
    run.status = "running";
    const [first] = steps;
    if (first) first.status = "succeeded";
    return route.fulfill({ json: run });
  });
  await page.goto(`/app/runs/${run.id}`);
  await expect(page.getByText("This run waits for you")).toBeVisible();
  const record = page.getByRole("button", { name: "Record the decision" });
  await expect(record).toBeDisabled();
  await expectAccessible(page);
  await page.getByRole("radio", { name: "It did its work" }).check();
  await record.click();
  await expect(page.getByText("there is no step that waits for a decision")).toBeVisible();
  await expect(page.getByRole("radio", { name: "It did its work" })).toBeChecked();
  await record.click();
  await expect(page.getByText("Your decision is recorded")).toBeVisible();
  expect(sent).toEqual([{ decision: "succeeded" }, { decision: "succeeded" }]);
  await expect(page.getByText("This run waits for you")).toHaveCount(0);
});

test("100,000 lines are shown, searched and left at once", async ({ as, api }) => {
  const job = await api.makeJob(`${PREFIX}huge`, ["seq -f 'line %.0f of a long output' 1 100000", "echo short"]);
  const run = await api.runToEnd(job);
  const page = await as("viewer", `/app/runs/${run.id}#step-1-L100000`);
  const log = page.getByRole("region", { name: /100,000 lines/ });
  await expect(log.locator("[data-placed]")).toContainText("line 100000 of a long output");
  const search = page.getByRole("searchbox", { name: "Search in the output" });
  await search.fill("line 54321 ");
  await expect(page.getByText("1 of 1", { exact: true })).toBeVisible();
  await expect(log.locator("mark[data-current]").first()).toBeInViewport();
  expect(await log.locator("code").count()).toBeLessThan(120);
  // More than one answer of the server holds.
  await search.fill("line 5");
  await expect(page.getByText("1 of 1,000+", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Next match" }).click();
  await expect(page.getByText("2 of 1,000+", { exact: true })).toBeVisible();
  await search.fill("nowhere");
  await expect(page.getByText("none", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: /part 2/ }).click();
  await expect(page.getByRole("region", { name: /Output of step 2, 1 line/ })).toContainText("short");
});

test("what is too much is left out, and the place is marked as in the file", async ({ as, api }) => {
  const job = await api.makeJob(`${PREFIX}capped`, ["yes | head -c 20000000; echo the end"]);
  const run = await api.runToEnd(job);
  const page = await as("viewer", `/app/runs/${run.id}`);
  const log = page.getByRole("region", { name: /10,000,001 lines/ });
  await expect(log).toBeVisible();
  await page.getByRole("searchbox", { name: "Search in the output" }).fill("the end");
  await expect(log.locator("mark[data-current]")).toHaveText("the end");
  const { body } = await api.call<{ dropped: { after_line: number; bytes: number; lines: number }[] }>(
    "GET",
    `/v1/runs/${run.id}/steps/${(await api.call<Step[]>("GET", `/v1/runs/${run.id}/steps?output=none`)).body[0]?.id}/output?lines=1`,
  );
  const [gap] = body.dropped;
  if (!gap) throw new Error("nothing was left out");
  await page.goto(`/app/runs/${run.id}#step-1-L${gap.after_line}`);
  await expect(log.getByText(`... ${gap.bytes} bytes (${gap.lines} lines) left out ...`)).toBeVisible();
});

test("the run of a job that was deleted stays readable, and cannot be run again", async ({ as, api, allowed }) => {
  allowed.push(/404/);
  const job = await api.makeJob(`${PREFIX}gone`, ["echo still there"]);
  const run = await api.runToEnd(job);
  await api.call("DELETE", `/v1/jobs/${job.id}`);
  const page = await as("operator", `/app/runs/${run.id}`);
  await expect(page.getByText(`${job.name} (deleted)`)).toBeVisible();
  await expect(page.getByRole("region", { name: /Output of step 1/ })).toContainText("still there");
  await expect(page.getByRole("button", { name: "Run again" })).toHaveCount(0);
});
