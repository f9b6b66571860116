import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Api, expect, type Job, PREFIX, type Run, type Step, test } from "./automation";
import { expectAccessible } from "./axe";
import { makeFleet } from "./fleets";
import { supervise } from "./platform";

// Axe looks long at a page, and the machine may be busy.
test.describe.configure({ timeout: 120_000 });

async function makeJob(api: Api, name: string, definition: object): Promise<Job> {
  const { status, body } = await api.call<Job>("POST", "/v1/jobs", { name: PREFIX + name, definition: { name: PREFIX + name, ...definition } });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

const start = async (api: Api, job: Job, parameters: object = {}): Promise<Run> => (await api.call<Run>("POST", `/v1/jobs/${job.id}/run`, parameters)).body;

test("a run on many targets is live, filtered, read and repeated where it failed", async ({ as, api }) => {
  const mark = join(await mkdtemp(join(tmpdir(), "walk-")), "mended");
  const { tag, nameOf, remove } = await makeFleet(api, "live", 6);
  const broken = nameOf(4);
  const job = await makeJob(api, "fleet", {
    targets: { tags: [tag] },
    strategy: { order: "target_first", parallel: 2 },
    steps: [
      { type: "ssh.exec", name: "greet", command: "echo from {{ target.name }}; sleep 0.5" },
      { type: "ssh.exec", name: "check", command: `[ {{ target.name }} != ${broken} ] || [ -e ${mark} ] || { echo no room >&2; exit 9; }` },
    ],
  });
  const run = await start(api, job);
  const page = await as("operator", `/app/runs/${run.id}`);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const grid = page.getByRole("grid", { name: "Steps by target" });
  await expect(grid.getByRole("row")).toHaveCount(7);
  await expect(page.locator("header").getByText("failed")).toBeVisible({ timeout: 60_000 });
  // What happened came by events: steps are read at the end once more, at most.
  expect(asked.filter((url) => url.includes("/steps?")).length).toBeLessThan(4);

  const counts = page.getByRole("group", { name: "Targets by state" });
  await counts.getByRole("button", { name: "1 failed" }).click();
  await expect(page).toHaveURL(/\?state=failed/);
  await expect(grid.getByRole("row")).toHaveCount(2);
  await grid.getByRole("gridcell", { name: `check on ${broken}: failed` }).click();
  await expect(page.getByRole("heading", { name: "Step 2: check" })).toBeVisible();
  await expect(page.getByRole("region", { name: /Output of step 2/ })).toContainText("no room");
  await counts.getByRole("button", { name: "6 targets" }).click();
  await page.getByRole("checkbox", { name: "Trouble first" }).click();
  await expect(grid.getByRole("rowheader").first()).toHaveText(broken);
  await page.getByRole("searchbox", { name: "Find a target" }).fill("live-05");
  await expect(grid.getByRole("row")).toHaveCount(2);
  // The step that is looked at stays while the filter changes.
  await expect(page.getByRole("heading", { name: "Step 2: check" })).toBeVisible();
  await expectAccessible(page);

  await writeFile(mark, "");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("menuitem", { name: "Anew on the target with trouble" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Run anew" }).click();
  await expect(page).not.toHaveURL(new RegExp(`/runs/${run.id}\\b`));
  await expect(page.locator("header").getByText("succeeded")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("region", { name: /Output of step 1/ }).or(page.getByText("This step wrote nothing."))).toBeVisible();
  await remove();
  await rm(dirname(mark), { recursive: true });
});

test("output is followed as it comes, left by scrolling up, and found again", async ({ as, api }) => {
  const command = "for i in $(seq 1 60); do seq -f \"tick $i line %g\" 1 50; sleep 0.1; done; printf 'no end'";
  const job = await api.makeJob(`${PREFIX}follow`, [command]);
  const run = await start(api, job);
  const page = await as("viewer", `/app/runs/${run.id}`);
  const log = page.getByRole("region", { name: /Output of step 1/ });
  await expect(log).toBeVisible();
  const atEnd = () => log.evaluate((at) => at.scrollHeight - at.scrollTop - at.clientHeight < 60);
  await expect(log).toContainText(/tick [1-9]\d line/);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.waitForTimeout(1000);
  await expect.poll(atEnd).toBe(true);
  // Lines come by events; the end may be read once more when the connection begins.
  expect(asked.filter((url) => url.includes("/output")).length).toBeLessThan(3);
  await log.hover();
  await page.mouse.wheel(0, -600);
  await expect(page.getByRole("button", { name: "Follow the end" })).toHaveAttribute("aria-pressed", "false");
  await page.getByRole("button", { name: "Follow the end" }).click();
  await expect(log).toContainText("no end", { timeout: 30_000 });
  await expect(page.getByRole("region", { name: "Output of step 1, 3,000 lines" })).toBeVisible();
  // Each line is there once, in its order.
  const numbers = await log.locator("a[data-number]").evaluateAll((all) => all.map((one) => Number(one.getAttribute("data-number"))));
  expect(numbers).toEqual(numbers.map((_, place) => (numbers[0] ?? 0) + place));
});

test("a lost connection shows, and heals by itself", async ({ as, api, allowed }) => {
  allowed.push(/50\d/, /ERR_/, /Failed to load/);
  const job = await api.makeJob(`${PREFIX}lost-stream`, ["for i in $(seq 1 150); do echo line $i; sleep 0.1; done", "echo after"]);
  const run = await start(api, job);
  const page = await as("viewer", `/app/runs/${run.id}`);
  const log = page.getByRole("region", { name: /Output of step 1/ });
  await expect(log).toContainText("line 5");
  supervise("stop", "jobs");
  try {
    await expect(page.getByText("Live updates are interrupted.")).toBeVisible({ timeout: 15_000 });
  } finally {
    supervise("start", "jobs");
  }
  await expect(page.getByText("Live updates are interrupted.")).toHaveCount(0, { timeout: 30_000 });
  await expect(page.locator("header").getByText("succeeded")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("region", { name: "Output of step 2, 1 line" })).toContainText("after");
  await page.getByRole("button", { name: /part 1/ }).click();
  await expect(page.getByRole("region", { name: "Output of step 1, 150 lines" })).toBeVisible();
});

test("1,000 targets of ten steps are shown, and walked through by keyboard", async ({ as, api }) => {
  const run = await api.runToEnd(await api.makeJob(`${PREFIX}thousand`, ["true"]));
  const { body: known } = await api.call<Step[]>("GET", `/v1/runs/${run.id}/steps`);
  const [one] = known;
  if (!one) throw new Error("no step");
  const steps = Array.from({ length: 10_000 }, (_, i) => ({
    ...{ ...one, id: i === 0 ? one.id : 1_000_000 + i, idx: i % 10, name: `step ${i % 10}` },
    ...{ target_name: `node-${String(Math.floor(i / 10)).padStart(4, "0")}`, status: i === 7_775 ? "failed" : "succeeded" },
  }));
  const page = await as("viewer", "/app/");
  await page.route(`**/api/v1/runs/${run.id}/steps?*`, (route) => route.fulfill({ json: steps }));
  await page.route("**/steps/1*/output?*", (route) =>
    route.fulfill({ json: { epoch: 0, total_bytes: 0, total_lines: 0, lines: [], next_line: null, dropped: [] } }),
  );
  await page.goto(`/app/runs/${run.id}`);
  const grid = page.getByRole("grid", { name: "Steps by target" });
  await expect(page.getByRole("button", { name: "999 succeeded" })).toBeVisible();
  expect(await grid.getByRole("row").count()).toBeLessThan(60);
  await expect(grid).toHaveAttribute("aria-rowcount", "1001");
  await grid.focus();
  await page.keyboard.press("Control+End");
  await expect(grid.getByRole("gridcell", { name: "step 9 on node-0999: succeeded" })).toBeInViewport();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#step-9990$/);
  await page.getByRole("button", { name: "1 failed" }).click();
  await expect(grid.getByRole("rowheader")).toHaveText(["node-0777"]);
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(grid.getByRole("gridcell", { name: "step 5 on node-0777: failed" })).toBeAttached();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});
