import { type Run, expect, PREFIX, test, type Job } from "./automation";
import { expectAccessible } from "./axe";

const steps = [
  { name: "ask", type: "approval", role: "admin", message: "May the new version go live?" },
  { name: "go", type: "wait", for: { seconds: 0 } },
];

test("a run waits for the word of an admin, who lets it go on or not", async ({ as, api }) => {
  const { body: job } = await api.call<Job>("POST", "/v1/jobs", { name: `${PREFIX}approval`, definition: { steps } });
  const start = async () => (await api.call<Run>("POST", `/v1/jobs/${job.id}/run`, {})).body.id;
  const rejected = await start();
  const operator = await as("operator", `/app/runs/${rejected}`);
  await expect(operator.getByText("Step 1 asks for an approval.")).toBeVisible();
  await expect(operator.getByText("May the new version go live?").first()).toBeVisible();
  await expect(operator.getByText("An admin has to decide.")).toBeVisible();
  await expectAccessible(operator);

  const page = await as("admin", `/app/runs/${rejected}`);
  await page.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByText("A person rejected it.")).toBeVisible();

  const approved = await start();
  await page.goto(`/app/runs/${approved}`);
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByText("Your decision is recorded")).toBeVisible();
  await expect(async () => {
    const { body: run } = await api.call<Run>("GET", `/v1/runs/${approved}`);
    expect(run.status).toBe("succeeded");
  }).toPass({ timeout: 20_000 });
});
