/** What the tests of ports share: a suite of their own, and where things are on the pages. */

import type { BrowserContext, Locator, Page } from "@playwright/test";
import { type Api, apiOf } from "./api";
import type { Role } from "./people";
import { makeSuite, removeSuite } from "./suite";

/** The suite; other tests leave it alone. */
export const SUITE = "c-ports";
/** Its first port of 100. */
export const FIRST = 22_000;
/** The suite in an address. */
export const AT = `suite=${SUITE}`;
/** Services at the start. */
const START = { "c-web": FIRST, "c-api": FIRST + 1, "c-db": FIRST + 50 };
/** Ports that tests reserve. */
const RESERVED = [FIRST + 60, FIRST + 61];

type As = (role: Role, path?: string) => Promise<Page>;

/** Makes the suite anew; answers with the API as an admin. */
export async function given(as: As, ports: Record<string, number> = START): Promise<Api> {
  const api = await apiOf(await as("admin", "/app/account"));
  await makeSuite(api, SUITE, FIRST, ports);
  await api.must("PUT", `/api/suites/${SUITE}`, { host_template: "127.0.0.1", title: "C ports" });
  for (const port of RESERVED) await api.send("DELETE", `/api/ports/reserve/${port}`);
  return api;
}

/** Takes the suite away. */
export async function tidy({ sessions }: { sessions: Map<Role, BrowserContext> }): Promise<void> {
  const page = await sessions.get("admin")?.newPage();
  if (!page) return;
  await page.goto("/app/account");
  await removeSuite(await apiOf(page), SUITE);
  await page.close();
}

/** A port of the map. */
export const cell = (page: Page, port: number): Locator => page.getByRole("button", { name: new RegExp(`^${port}: `) });
/** A row of a table by a text in it. */
export const row = (page: Page, text: string): Locator => page.getByRole("row").filter({ hasText: text });
/** The port of a service, to be changed in its place. */
export const portButton = (page: Page, service: string): Locator => row(page, service).getByRole("button", { name: /^Port of/ });
/** Opens what can be done with a service, or with its port. */
export const openActions = (page: Page, text: string): Promise<void> => row(page, text).getByRole("button", { name: /^Actions/ }).click();
