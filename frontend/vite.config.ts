import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { ClientRequest } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin, ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";

/** The running platform, which answers all that is not the UI itself. */
const GATEWAY = process.env["OPSC_GATEWAY"] ?? "https://localhost:8443";

/** Passes a path on to the gateway, as a page of its own origin would ask. */
const toGateway: ProxyOptions = {
  target: GATEWAY,
  changeOrigin: true,
  secure: false,
  ws: true,
  configure: (proxy) => {
    const own = (request: ClientRequest) => {
      if (request.getHeader("origin") !== undefined) request.setHeader("origin", GATEWAY);
    };
    proxy.on("proxyReq", own);
    proxy.on("proxyReqWs", own);
  },
};
const proxy = {
  "^/(api|ws|docs|health|info)(/|$)": toGateway,
  "^/[a-z-]+/(health|info)": toGateway,
};

/** The content security policy of the gateway, so that a preview is held to the same. */
function policy(): string {
  const file = fileURLToPath(new URL("../nginx/snippets/security-page.conf", import.meta.url));
  const found = /Content-Security-Policy "([^"]+)"/.exec(readFileSync(file, "utf8"));
  if (!found?.[1]) throw new Error(`${file} holds no Content-Security-Policy`);
  return found[1];
}

/** Leaves a compressed twin beside each file, which the gateway serves as it is. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      for (const entry of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|svg|html)$/.test(entry)) continue;
        const file = join(dir, entry);
        writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
      }
    },
  };
}

export default defineConfig(({ isPreview }) => ({
  base: "/app/",
  plugins: [react(), compressed()],
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  server: { port: 3000, strictPort: true, proxy },
  preview: {
    port: 3000,
    strictPort: true,
    proxy,
    headers: isPreview ? { "Content-Security-Policy": policy() } : {},
  },
  build: {
    target: "es2023",
    manifest: true,
    // No file may be inlined as a data: URL that the policy forbids.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
}));
