// How Chromium is started for tests, pictures and measures: the system's own, nothing is downloaded.
import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Options for Playwright; without any of these browsers, its own is looked for. */
export const LAUNCH = {
  executablePath: PLACES.find((place) => existsSync(place)),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"],
};
