// Measures the web UI of the running platform in Chromium and prints the results as JSON.
// scripts/bench ui calls it and prints them beside their limits.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { chromium } from "@playwright/test";
import { LAUNCH } from "./chromium.mjs";

const BASE = process.env.OPSC_UI ?? "https://localhost:8443";
/** Cold starts, of which the median counts. */
const STARTS = 5;
/** Changes of ports whose redraw is measured. */
const CHANGES = 20;
/** Seconds of live changes for the memory; an hour by hand: 3600. */
const LIVE_SECONDS = Number(process.env.BENCH_UI_SECONDS ?? 45);
const ROWS = 10_000;
const DIST = new URL("../dist/", import.meta.url);

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const kilobytes = (bytes) => bytes / 1000;

const browser = await chromium.launch(LAUNCH);
const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: BASE, viewport: { width: 1440, height: 900 } });

/** Signs in once; the other pages share the session. */
async function signIn() {
  const page = await context.newPage();
  await page.goto("/app/");
  await page.getByLabel("User name").fill("operator");
  await page.getByLabel("Password", { exact: true }).fill("operator123");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  await page.close();
}

/** One cold start of the overview: script that came over the wire, first paint, when it can be used, shifts. */
async function start() {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await page.addInitScript(() => {
    const seen = { busy: 0, shift: 0 };
    window.opscSeen = seen;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.busy = Math.max(seen.busy, entry.startTime + entry.duration);
    }).observe({ type: "longtask", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto("/app/");
  await page.getByRole("table", { name: "Latest runs" }).or(page.getByText("Nothing has run yet")).first().waitFor();
  const usable = await page.evaluate(() => performance.now());
  await page.waitForTimeout(1500);
  const result = await page.evaluate(() => ({
    scripts: performance
      .getEntriesByType("resource")
      .filter((entry) => entry.initiatorType === "script" || entry.name.endsWith(".js"))
      .map((entry) => ({ file: new URL(entry.name).pathname.replace(/^\/app\//, ""), bytes: entry.encodedBodySize })),
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    busy: window.opscSeen.busy,
    shift: window.opscSeen.shift,
  }));
  await page.close();
  return { ...result, interactive: Math.max(usable, result.busy) };
}

/** The heaviest page or part of one that is loaded on demand: its script beyond what is there by then. */
function heaviestRoute(first) {
  const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));
  const reach = (entry, seen = new Set()) => {
    if (seen.has(entry)) return seen;
    seen.add(entry);
    for (const next of manifest[entry].imports ?? []) reach(next, seen);
    return seen;
  };
  const size = (entry) => gzipSync(readFileSync(new URL(manifest[entry].file, DIST)), { level: 9 }).length;
  // What the file that asks for another needed itself is there by then.
  const sizes = Object.keys(manifest).flatMap((asking) => {
    const there = reach(asking);
    return (manifest[asking].dynamicImports ?? []).map((route) => ({
      route: route.replace(/^src\/(features\/)?/, ""),
      bytes: [...reach(route)]
        .filter((entry) => !there.has(entry) && !first.has(manifest[entry].file))
        .reduce((sum, entry) => sum + size(entry), 0),
    }));
  });
  return sizes.sort((a, b) => b.bytes - a.bytes)[0];
}

/** Frames a second while a list of many rows is scrolled. */
async function scroll() {
  const page = await context.newPage();
  const rows = Array.from({ length: ROWS }, (_, index) => ({
    id: index + 1,
    name: `machine-${String(index).padStart(5, "0")}`,
    hostname: `10.0.${Math.floor(index / 256)}.${index % 256}`,
    protocol: "ssh",
    port: 22,
    credential_ref: null,
    tags: ["web", `rack-${index % 40}`],
    metadata: {},
    depends_on: [],
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    last_test: null,
  }));
  await page.route(/\/api\/v1\/targets(\?|$)/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const skip = Number(query.get("skip") ?? 0);
    const limit = Number(query.get("limit") ?? 100);
    return route.fulfill({ json: { targets: rows.slice(skip, skip + limit), total: ROWS, next: null } });
  });
  await page.goto("/app/targets");
  await page.getByText("machine-00003").first().waitFor();
  await page.waitForTimeout(1000);
  const rate = await page.evaluate(async () => {
    const scroller = document.querySelector("[data-scroll]");
    const frame = () => new Promise(requestAnimationFrame);
    let frames = 0;
    const began = await frame();
    let now = began;
    while (now - began < 4000) {
      scroller.scrollTop += 90;
      now = await frame();
      frames += 1;
    }
    return (frames * 1000) / (now - began);
  });
  await page.close();
  return rate;
}

/** Time between two frames when a change of a port redraws the grid, and heap that live changes leave behind. */
async function live() {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let token = "";
  page.on("request", (request) => {
    token = request.headers()["authorization"] ?? token;
  });
  await page.goto("/app/ports");
  const grid = page.getByRole("group", { name: /^Ports \d+ to \d+/ });
  await grid.waitFor();
  const cells = await grid.getByRole("button").count();
  /** Gives a service that does not run another port, or its own again. */
  const move = async (away) => {
    const data = { service_id: "impactos", new_port: away ? 8777 : 8008 };
    const answer = await context.request.post("/api/ports/reassign", { data, headers: { authorization: token } });
    if (!answer.ok()) throw new Error(`a port could not be changed: ${answer.status()} ${await answer.text()}`);
  };
  await page.evaluate(() => {
    const grid = document.querySelector('[role="group"][aria-label^="Ports "]');
    let changed = false;
    let last = performance.now();
    window.opscGaps = [];
    new MutationObserver(() => (changed = true)).observe(grid, { attributes: true, childList: true, subtree: true });
    const tick = (now) => {
      if (changed) window.opscGaps.push(now - last);
      changed = false;
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const heap = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return usedSize;
  };
  for (let change = 0; change < CHANGES; change += 1) {
    await move(change % 2 === 0);
    await page.waitForTimeout(250);
  }
  const gaps = await page.evaluate(() => window.opscGaps.splice(0));
  const before = await heap();
  const until = Date.now() + LIVE_SECONDS * 1000;
  let changes = 0;
  while (Date.now() < until) {
    await move(changes % 2 === 0);
    changes += 1;
    await page.waitForTimeout(50);
  }
  if (changes % 2 === 1) await move(false);
  await page.waitForTimeout(500);
  const growth = (await heap()) - before;
  await page.close();
  return { cells, gaps, changes, growth };
}

await signIn();
const starts = [];
for (let count = 0; count < STARTS; count += 1) starts.push(await start());
const heaviest = heaviestRoute(new Set(starts[0].scripts.map((one) => one.file)));
const fps = await scroll();
const { cells, gaps, changes, growth } = await live();
await browser.close();
console.log(
  JSON.stringify({
    script_kb: kilobytes(median(starts.map(({ scripts }) => scripts.reduce((sum, one) => sum + one.bytes, 0)))),
    route_kb: kilobytes(heaviest.bytes),
    route: heaviest.route,
    paint_ms: median(starts.map((one) => one.paint)),
    interactive_ms: median(starts.map((one) => one.interactive)),
    shift: median(starts.map((one) => one.shift)),
    fps,
    cells,
    redraws: gaps.length,
    redraw_ms: gaps.length > 0 ? median(gaps) : 0,
    redraw_worst_ms: Math.max(0, ...gaps),
    changes,
    growth_mb: growth / 1e6,
  }),
);
