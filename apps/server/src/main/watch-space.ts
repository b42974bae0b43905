import { statfs } from "node:fs/promises";
import type { Job, Log } from "../kernel/feature.ts";

const EVERY_MS = 600_000;
const MEGABYTE = 1_048_576;
/** Below this somebody should look: a checkpoint, a package or a large answer needs some of it at once. */
const LOW_MEGABYTES = 1024;

/** Warns while there is still space to act in. */
export const watchSpace = (dataDir: string, log: Pick<Log, "warn">): Job => ({
  name: "main/watch-space",
  everyMs: EVERY_MS,
  run: async () => {
    const { bavail, bsize } = await statfs(dataDir);
    const freeMegabytes = Math.floor((bavail * bsize) / MEGABYTE);
    if (freeMegabytes < LOW_MEGABYTES) log.warn("server.disk-low", { freeMegabytes });
  },
});
