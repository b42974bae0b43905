/** One process at a time behind a lock file that names its owner, so that the lock of a dead process is no lock. */
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

const RETRY_MS = 200;

/** Runs `work` while this process holds `file`; says `waiting` once on standard error when another one holds it. */
export async function alone(file, waiting, work) {
  await mkdir(path.dirname(file), { recursive: true });
  for (let said = false; !(await take(file)); said = true) {
    if (!said) process.stderr.write(`pomona: ${waiting}\n`);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Linking a file that is already written makes the lock and its owner's pid appear at once. */
async function take(file) {
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, String(process.pid));
  try {
    await link(mine, file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  } finally {
    await rm(mine, { force: true });
  }
  if (!(await isHeld(file))) await clear(file);
  return false;
}

/** Takes a dead owner's lock away, and puts it back when another process was quicker and it is a living one's. */
async function clear(file) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  if (await isHeld(aside)) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}

async function isHeld(file) {
  const owner = Number(await readFile(file, "utf8").catch(() => "0"));
  if (!(owner > 0)) return false;
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
