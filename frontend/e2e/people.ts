/** The people who walk through the UI, and what no page of theirs may do. */

import { test as base, expect, type BrowserContext, type Page } from "@playwright/test";

export type Role = "admin" | "operator" | "viewer";

/** Passwords of a development start. */
const PASSWORDS: Record<Role, string> = { admin: "admin123", operator: "operator123", viewer: "viewer123" };

/** Types name and password. */
export async function signIn(page: Page, role: Role, password = PASSWORDS[role]): Promise<void> {
  await page.getByLabel("User name").fill(role);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Faults that a page shows to nobody but the console, except those that the test expects. */
export function watchFaults(page: Page): string[] {
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  return faults;
}

interface Given {
  /** A page of this person, signed in. At the end it must have had no fault. */
  as: (role: Role, path?: string) => Promise<Page>;
  /** Patterns of faults that this test brings about on purpose. */
  allowed: RegExp[];
}

interface Kept {
  /** One session a person and worker: the server keeps ten. */
  sessions: Map<Role, BrowserContext>;
}

export const test = base.extend<Given, Kept>({
  sessions: [
    async ({}, use) => {
      const sessions = new Map<Role, BrowserContext>();
      await use(sessions);
      for (const context of sessions.values()) await context.close();
    },
    { scope: "worker" },
  ],
  allowed: async ({}, use) => use([]),
  as: async ({ browser, sessions, allowed, baseURL }, use) => {
    const opened: { page: Page; faults: string[] }[] = [];
    await use(async (role, path = "/app/") => {
      let context = sessions.get(role);
      if (!context) {
        context = await browser.newContext({ ignoreHTTPSErrors: true, ...(baseURL ? { baseURL } : {}) });
        sessions.set(role, context);
      }
      const page = await context.newPage();
      opened.push({ page, faults: watchFaults(page) });
      await page.goto(path);
      const signedIn = page.getByRole("navigation", { name: "Main" });
      const signedOut = page.getByRole("button", { name: "Sign in" });
      await expect(signedIn.or(signedOut).first()).toBeVisible();
      if (await signedOut.isVisible()) await signIn(page, role);
      await expect(page.locator("main#content")).toBeVisible();
      return page;
    });
    for (const { page, faults } of opened) {
      await page.close();
      const unexpected = faults.filter((fault) => !allowed.some((pattern) => pattern.test(fault)));
      expect(unexpected, "faults in the console").toEqual([]);
    }
  },
});

export { expect };
