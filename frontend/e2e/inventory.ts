/** What tests of targets and credentials put into the platform, and take away again. */

import { request, type APIRequestContext } from "@playwright/test";
import { test as base } from "./people";

/** Starts the name of everything that these tests make. */
export const PREFIX = "e2e-target-";

interface Named {
  id: number;
  name: string;
}

/** The platform, asked directly, as an admin. */
export class Platform {
  constructor(readonly http: APIRequestContext) {}

  async get<T>(path: string): Promise<T> {
    const answer = await this.http.get(`/api/v1${path}`);
    if (!answer.ok()) throw new Error(`GET ${path}: ${answer.status()} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async make(path: string, data: object): Promise<number> {
    const answer = await this.http.post(`/api/v1${path}`, { data });
    if (!answer.ok()) throw new Error(`POST ${path}: ${answer.status()} ${await answer.text()}`);
    return ((await answer.json()) as Named).id;
  }

  target(name: string, more: object = {}): Promise<number> {
    return this.make("/targets", { name: PREFIX + name, hostname: `${name}.example.org`, protocol: "ssh", ...more });
  }

  credential(name: string, more: object = {}): Promise<number> {
    const data = { username: "root", password: "first-secret" };
    return this.make("/credentials", { name: PREFIX + name, credential_type: "ssh", credential_data: data, ...more });
  }

  /** The target that `scripts/demo` left, with a real SSH server. */
  async demo(): Promise<{ hostname: string; port: number; credential_ref: number }> {
    const { targets } = await this.get<{ targets: (Named & { hostname: string; port: number; credential_ref: number })[] }>(
      "/targets?search=demo-machine",
    );
    const demo = targets.find((one) => one.name === "demo-machine");
    if (!demo) throw new Error("scripts/demo has left no target demo-machine");
    return { hostname: demo.hostname, port: demo.port, credential_ref: demo.credential_ref };
  }

  /** Removes whatever these tests made; what others need goes last. */
  async sweep(): Promise<void> {
    for (let round = 0; round < 5; round += 1) {
      const { targets } = await this.get<{ targets: Named[] }>(`/targets?search=${PREFIX}&limit=1000`);
      for (const { id } of targets) await this.http.delete(`/api/v1/targets/${id}`);
      if (targets.length === 0) break;
    }
    const { credentials } = await this.get<{ credentials: Named[] }>(`/credentials?search=${PREFIX}&limit=1000`);
    for (const { id, name } of credentials) if (name.startsWith(PREFIX)) await this.http.delete(`/api/v1/credentials/${id}`);
  }
}

/** A test that begins and ends with nothing of its kind in the platform. */
export const test = base.extend<{ platform: Platform }, { http: APIRequestContext }>({
  http: [
    async ({}, give) => {
      const baseURL = process.env["OPSC_GATEWAY"] ?? "https://localhost:8443";
      const plain = await request.newContext({ baseURL, ignoreHTTPSErrors: true });
      const answer = await plain.post("/api/login", { data: { username: "admin", password: "admin123" } });
      const { access_token: token } = (await answer.json()) as { access_token: string };
      const http = await request.newContext({
        baseURL,
        ignoreHTTPSErrors: true,
        extraHTTPHeaders: { Authorization: `Bearer ${token}` },
      });
      await give(http);
      await http.post("/api/v1/auth/logout");
      await http.dispose();
      await plain.dispose();
    },
    { scope: "worker" },
  ],
  platform: async ({ http }, give) => {
    const platform = new Platform(http);
    await platform.sweep();
    await give(platform);
    await platform.sweep();
  },
  // Asks for the platform first, so that pages close before what they show is taken away.
  as: async ({ platform, as }, give) => {
    void platform;
    await give(as);
  },
});

export { expect } from "./people";
