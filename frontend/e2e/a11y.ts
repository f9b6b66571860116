/** What axe finds on a page, in light and in dark. */

import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";

/** Fails on whatever is serious or worse. */
export async function expectNoBarriers(page: Page): Promise<void> {
  // Looking at everything takes longer than doing it.
  test.slow();
  for (const colorScheme of ["light", "dark"] as const) {
    // Without motion, so that no colour is measured on its way.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const grave = violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
    expect(grave, `barriers in ${colorScheme}`).toEqual([]);
  }
}
