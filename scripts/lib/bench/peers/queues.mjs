// Empties a backlog of jobs that do nothing with other queues on PostgreSQL, and prints one line of JSON for each.
//
//   node queues.mjs URL JOBS    in a folder where graphile-worker and pg-boss are installed
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { performance } from "node:perf_hooks";

const [url, count] = [process.argv[2], Number(process.argv[3])];
const here = createRequire(`${process.cwd()}/package.json`);
const load = (name) => import(pathToFileURL(here.resolve(name)).href);

function tell(peer, began, note) {
  const seconds = (performance.now() - began) / 1000;
  console.log(JSON.stringify({ peer, rate: count / seconds, note }));
}

async function graphile(note, options) {
  const { run, makeWorkerUtils } = await load("graphile-worker");
  const quiet = { error() {}, warning() {}, info() {}, debug() {} };
  const { Logger } = await load("graphile-worker");
  const logger = new Logger(() => (level, message) => quiet[level]?.(message));
  const utils = await makeWorkerUtils({ connectionString: url, logger });
  await utils.migrate();
  await utils.addJobs(Array.from({ length: count }, () => ({ identifier: "nothing", payload: {} })));
  await utils.release();
  let left = count;
  let done;
  const finished = new Promise((resolve) => (done = resolve));
  const began = performance.now();
  const runner = await run({
    connectionString: url,
    logger,
    noHandleSignals: true,
    pollInterval: 1000,
    taskList: { nothing: () => --left || done() },
    ...options,
  });
  await finished;
  tell("graphile-worker", began, note);
  await runner.stop();
}

async function boss(size) {
  const { PgBoss } = await load("pg-boss");
  const queue = new PgBoss({ connectionString: url, supervise: false, schedule: false });
  await queue.start();
  await queue.createQueue("nothing");
  await queue.insert("nothing", Array.from({ length: count }, () => ({ data: {} })));
  const began = performance.now();
  for (let left = count; left > 0; ) {
    const jobs = await queue.fetch("nothing", { batchSize: Math.min(size, left) });
    await queue.complete("nothing", jobs.map((job) => job.id));
    left -= jobs.length;
  }
  tell("pg-boss", began, `batches of ${size}`);
  await queue.stop({ graceful: false });
}

await graphile("one by one", { concurrentJobs: 10, maxPoolSize: 10 });
await graphile("its local queue", {
  concurrentJobs: 24,
  maxPoolSize: 25,
  preset: { worker: { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
});
await boss(200);
process.exit(0);
