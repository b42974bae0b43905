/**
 * Loaded before every script that launch.mjs starts: when the launcher is killed outright, its end of the IPC channel
 * closes, and this process ends itself as if it had been asked to.
 */
import { isMainThread } from "node:worker_threads";

/** How long a clean stop may take once nobody is left to ask for a faster one. */
const GRACE_MS = 15_000;

// Workers and forked children load this file too (they inherit --import); only the launcher's own child has its pid as parent.
if (isMainThread && process.channel && process.env.POMONA_LAUNCHER === String(process.ppid)) {
  process.on("disconnect", () => {
    setTimeout(() => process.kill(process.pid, "SIGKILL"), GRACE_MS).unref();
    process.kill(process.pid, "SIGTERM");
  });
  process.channel.unref();
}
delete process.env.POMONA_LAUNCHER;
