import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import type { Watched } from "./stuck-watch.ts";

const LOOK_MS = 5000;
/** So many looks in a row at the same input: half a minute, where a few milliseconds are usual. */
const PATIENCE = 6;

const { name, state, bytes } = workerData as Watched;
let last = -1;
let looks = 0;
setInterval(() => {
  const count = Atomics.load(state, 0);
  const length = Atomics.load(state, 1);
  looks = length >= 0 && count === last ? looks + 1 : 0;
  last = count;
  if (looks < PATIENCE) return;
  writeSync(
    2,
    `${name} does not come back from these ${length} bytes: ${Buffer.from(bytes.subarray(0, length)).toString("hex")}\n`,
  );
  process.kill(process.pid, "SIGKILL");
}, LOOK_MS);
