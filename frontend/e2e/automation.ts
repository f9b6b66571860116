/** What walks through jobs and runs share: the API beside the pages. */

import { request as requests } from "@playwright/test";
import type { components } from "../src/api/schema/jobs";
import { expect, test as people } from "./people";

type Schemas = components["schemas"];
export type Job = Schemas["Job"];
export type Run = Schemas["Run"];
export type Step = Schemas["StepRow"];

/** Everything that these tests make begins with it. */
export const PREFIX = "e2e-job-";

/** The API as an admin uses it. */
export interface Api {
  call: <T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, data?: unknown) => Promise<{ status: number; body: T }>;
  /** Makes a job of commands on the demo's machine. */
  makeJob: (name: string, commands: readonly string[], parameters?: object) => Promise<Job>;
  findJob: (name: string) => Promise<Job | undefined>;
  /** Starts a run and waits until it is over. */
  runToEnd: (job: Job, parameters?: object) => Promise<Run>;
}

export const test = people.extend<object, { api: Api }>({
  api: [
    async ({}, use) => {
      const context = await requests.newContext({ baseURL: process.env["OPSC_UI"] ?? "https://localhost:8443", ignoreHTTPSErrors: true });
      const signedIn = await context.post("/api/v1/auth/login", { data: { username: "admin", password: "admin123" } });
      const { access_token: token } = (await signedIn.json()) as { access_token: string };
      const headers = { authorization: `Bearer ${token}` };
      const call: Api["call"] = async <T>(method: string, path: string, data?: unknown) => {
        const answer = await context.fetch(`/api${path}`, { method, data, headers });
        return { status: answer.status(), body: JSON.parse((await answer.text()) || "null") as T };
      };
      const api = withJobs(call);
      await removeAll(call);
      await use(api);
      await removeAll(call);
      await context.post("/api/v1/auth/logout", { data: {}, headers });
      await context.dispose();
    },
    { scope: "worker" },
  ],
});

function withJobs(call: Api["call"]): Api {
  return {
    call,
    makeJob: async (name, commands, parameters) => {
      const steps = commands.map((command, index) => ({ name: `part ${index + 1}`, type: "ssh.exec", target: "demo-machine", command }));
      const { status, body } = await call<Job>("POST", "/v1/jobs", { name, definition: { name, ...(parameters && { parameters }), steps } });
      expect(status, JSON.stringify(body)).toBe(201);
      return body;
    },
    findJob: async (name) => (await call<Schemas["JobList"]>("GET", `/v1/jobs?search=${name}&limit=1000`)).body.jobs.find((job) => job.name === name),
    runToEnd: async (job, parameters = {}) => {
      const { body: started } = await call<Run>("POST", `/v1/jobs/${job.id}/run`, parameters);
      let run = started;
      await expect(async () => {
        run = (await call<Run>("GET", `/v1/runs/${started.id}`)).body;
        expect(run.finished_at).toBeTruthy();
      }).toPass({ timeout: 20_000 });
      return run;
    },
  };
}

/** Ends and removes what tests made; runs stay, as history does. */
async function removeAll(call: Api["call"]): Promise<void> {
  for (const job of (await call<Schemas["JobList"]>("GET", `/v1/jobs?search=${PREFIX}&limit=1000`)).body.jobs) {
    for (const status of ["queued", "running"]) {
      const { runs } = (await call<Schemas["RunList"]>("GET", `/v1/runs?job_id=${job.id}&status=${status}`)).body;
      for (const run of runs) await call("POST", `/v1/runs/${run.id}/cancel`);
    }
    await call("DELETE", `/v1/jobs/${job.id}`);
  }
}

export { expect };
