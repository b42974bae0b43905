/** Starts each bundle in `dist/` outside the repository, as a machine would that has nothing but the file and Node. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { SHIPPED } from "./build/ship.ts";
import { root } from "./root.ts";

const folder = await mkdtemp(path.join(tmpdir(), "pomona-smoke-"));
try {
  for (const name of Object.keys(SHIPPED)) {
    const built = path.join(root, "dist", name);
    if (!existsSync(built)) {
      console.log(`${name}: not built yet`);
      continue;
    }
    const alone = path.join(folder, name);
    await copyFile(built, alone);
    const { stdout } = await promisify(execFile)(process.execPath, [alone, "--version"], {
      cwd: folder,
      timeout: 30_000,
      // As launchd and systemd start programs; the agent refuses an environment that could change what it runs.
      env: { PATH: process.env["PATH"] },
    });
    if (!/\d+\.\d+\.\d+/.test(stdout))
      throw new Error(`${name} --version printed ${JSON.stringify(stdout)}, not a version`);
    console.log(`${name}: ${stdout.trim()}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
