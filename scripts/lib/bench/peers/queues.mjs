// Empties a backlog of jobs that do nothing with other queues, and prints one line of JSON for each.
//
//   node queues.mjs URL REDIS JOBS    in a folder where graphile-worker, pg-boss and bullmq are installed;
//                                     PostgreSQL at URL, Redis at the socket REDIS
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { performance } from "node:perf_hooks";

const [url, redis, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];
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

async function bull() {
  const { Queue, Worker } = await load("bullmq");
  const connection = { path: redis, maxRetriesPerRequest: null };
  const queue = new Queue("nothing", { connection });
  await queue.waitUntilReady();
  for (let left = count; left > 0; left -= 1000) {
    await queue.addBulk(Array.from({ length: Math.min(1000, left) }, () => ({ name: "nothing", data: {} })));
  }
  let left = count;
  let done;
  const finished = new Promise((resolve) => (done = resolve));
  const began = performance.now();
  const worker = new Worker("nothing", async () => undefined, { connection, concurrency: 200, removeOnComplete: { count: 0 } });
  worker.on("completed", () => --left || done());
  await finished;
  tell("BullMQ", began, "200 at a time, in Redis without durability");
  await worker.close();
  await queue.close();
}

await graphile("one by one", { concurrentJobs: 10, maxPoolSize: 10 });
await graphile("its local queue", {
  concurrentJobs: 24,
  maxPoolSize: 25,
  preset: { worker: { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
});
await boss(200);
await bull();
process.exit(0);
