// Writes src/api/schema: the types of every service's API, from the documents that they publish.
//
//   npm run types              writes them anew
//   npm run types -- --check   fails if they differ from what the running services publish
import { readFile, writeFile, mkdir } from "node:fs/promises";
import { get } from "node:https";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const SERVICES = ["auth", "users", "credentials", "targets", "jobs", "executor", "port-manager"];
const FOLDER = new URL("../src/api/schema/", import.meta.url);
const GATEWAY = process.env.OPSC_GATEWAY ?? "https://localhost:8443";
const ca = await readFile(new URL("../../.run/gateway/tls/cert.pem", import.meta.url));

/** The OpenAPI document of a service, from the running platform. */
function read(service) {
  return new Promise((resolve, reject) => {
    get(`${GATEWAY}/docs/${service}/openapi.json`, { ca }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part) => (text += part));
      answer.on("end", () =>
        answer.statusCode === 200
          ? resolve(JSON.parse(text))
          : reject(new Error(`${service} answered ${answer.statusCode}`)),
      );
    }).on("error", reject);
  });
}

/** The document without what only services ask of each other. */
function forPages(document) {
  const paths = Object.entries(document.paths).filter(([path]) => !path.startsWith("/internal"));
  return { ...document, paths: Object.fromEntries(paths) };
}

let stale = 0;
await mkdir(FOLDER, { recursive: true });
for (const service of SERVICES) {
  const file = new URL(`${service}.ts`, FOLDER);
  const types = await openapiTS(forPages(await read(service)), { alphabetize: true });
  const text = `// Made by "npm run types" from the API of ${service}; changes made here are lost.\n${astToString(types)}`;
  if (!process.argv.includes("--check")) {
    await writeFile(file, text);
    console.log(`wrote ${fileURLToPath(file)}`);
  } else if (text !== (await readFile(file, "utf8").catch(() => ""))) {
    stale += 1;
    console.error(`src/api/schema/${service}.ts does not fit what ${service} publishes: npm run types`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
