/**
 * Starts a script of this repository on the Node that the lock file names, whatever Node and npm the machine has.
 * Plain JavaScript for Node 20.19, because it runs before anything is installed.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ensureInstalled, packagedNode } from "./install.mjs";
import { Refusal, refuseOldNode } from "./refuse.mjs";

export const root = fileURLToPath(new URL("../../", import.meta.url));

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"];
/** A terminal and npm both deliver the same Ctrl-C; what arrives within this time is one signal. */
const SAME_SIGNAL_MS = 250;
/** How many signals a person sends before "stop cleanly" becomes "stop now". */
const PATIENCE = 3;

/**
 * Installs what is missing, then runs `script` (a path inside the repository) with `args` and ends as it ends.
 * `first` names a script to run before it, whose output goes to standard error.
 */
export async function launch(script, args, { first } = {}) {
  try {
    refuseOldNode(process.versions.node);
    await ensureInstalled(root);
    const node = packagedNode(root);
    if (first !== undefined) {
      const end = await run(node, first, [], ["ignore", 2, 2]);
      if (end.code !== 0) return endLike(end);
    }
    endLike(await run(node, script, args, ["inherit", "inherit", "inherit"]));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`pomona: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/**
 * One child in a process group of its own, so that each signal reaches it once and by us alone.
 * The IPC channel tells it when we vanish without a word (see parent-watch.mjs).
 */
function run(node, script, args, stdio) {
  const watch = new URL("parent-watch.mjs", import.meta.url).href;
  const child = spawn(node, ["--import", watch, root + script, ...args], {
    stdio: [...stdio, "ipc"],
    detached: true,
    env: { ...process.env, POMONA_LAUNCHER: String(process.pid) },
  });
  const stopForwarding = forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.on("error", (cause) => {
      stopForwarding();
      reject(new Refusal(`could not start the packaged Node (${node}): ${cause.message}`));
    });
    child.on("exit", (code, signal) => {
      stopForwarding();
      resolve({ code, signal });
    });
  });
}

function forwardSignals(child) {
  let last = 0;
  let count = 0;
  const forward = (signal) => {
    const now = performance.now();
    if (count > 0 && now - last < SAME_SIGNAL_MS) return;
    last = now;
    count += 1;
    if (count < PATIENCE) child.kill(signal);
    else killGroup(child.pid);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  const stopWatching = watchNpm(() => child.kill("SIGTERM"));
  return () => {
    for (const signal of FORWARDED) process.off(signal, forward);
    stopWatching();
  };
}

/** Under `npm run` our parent is npm itself; when it is killed outright, nobody else tells us. */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 500);
  return () => clearInterval(timer);
}

function killGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}

/** Ends this process as the child ended: the same code, or the same signal. */
function endLike({ code, signal }) {
  if (signal === null) process.exitCode = code;
  else process.kill(process.pid, signal);
}
