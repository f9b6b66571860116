/** The API beside the pages: tests set up, check and tidy with it, as the person of a page. */

import { expect, type APIResponse, type Page } from "@playwright/test";

/** Calls with the token that the page's own session has. */
export interface Api {
  get: <T>(path: string) => Promise<T>;
  send: (method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown) => Promise<APIResponse>;
  /** The same, and the test fails unless it succeeds. */
  must: <T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown) => Promise<T>;
}

/** Reads the token of the next request that the page makes; paths begin with `/api`. */
export async function apiOf(page: Page): Promise<Api> {
  const asked = page.waitForRequest((request) => request.headers()["authorization"] !== undefined);
  await page.reload();
  const authorization = (await asked).headers()["authorization"] ?? "";
  const send: Api["send"] = (method, path, data) =>
    page.request.fetch(path, { method, headers: { authorization }, ...(data === undefined ? {} : { data }) });
  return {
    send,
    get: async (path) => {
      const answer = await page.request.get(path, { headers: { authorization } });
      expect(answer.ok(), `GET ${path}: ${await answer.text()}`).toBe(true);
      return answer.json();
    },
    must: async (method, path, body) => {
      const answer = await send(method, path, body);
      expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
      return answer.json();
    },
  };
}
