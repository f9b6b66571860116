// Takes pictures of pages of the running platform, to be looked at.
//
//   npm run shots -- FOLDER PATH...     such as /tmp/shots /users "/targets?q=db"
//   ROLE=viewer WIDTHS=1440,360 SCHEMES=light,dark npm run shots -- ...
import { mkdir } from "node:fs/promises";
import { chromium } from "@playwright/test";
import { LAUNCH } from "./chromium.mjs";

const [folder = "shots", ...paths] = process.argv.slice(2);
const role = process.env.ROLE ?? "admin";
const base = process.env.OPSC_UI ?? "https://localhost:8443";
const widths = (process.env.WIDTHS ?? "1440,768,360").split(",").map(Number);
const schemes = (process.env.SCHEMES ?? "light,dark").split(",");

await mkdir(folder, { recursive: true });
const browser = await chromium.launch(LAUNCH);
const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: base });
const page = await context.newPage();
page.on("console", (message) => {
  if (message.type() === "error") console.error(`console: ${message.text()}`);
});
page.on("pageerror", (error) => console.error(`error: ${error.message}`));
await page.goto("/app/");
await page.getByLabel("User name").fill(role);
await page.getByLabel("Password", { exact: true }).fill(`${role}123`);
await page.getByRole("button", { name: "Sign in" }).click();
await page.locator("main#content").waitFor();
for (const path of paths) {
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of widths) {
      await page.setViewportSize({ width, height: width < 500 ? 740 : 900 });
      await page.goto(`/app${path}`);
      await page.locator("main#content").waitFor();
      await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => undefined);
      await page.waitForTimeout(300);
      const name = path.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "overview";
      await page.screenshot({ path: `${folder}/${name}-${width}-${scheme}.png` });
    }
  }
}
await browser.close();
