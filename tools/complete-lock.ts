/**
 * Adds to package-lock.json the optional packages of other platforms that npm left out, because the registry in use did
 * not serve them: `npm ci` refuses a lock file without them. They have exact versions from the package that asks for
 * them, and no hash; npm never fetches them on a platform that is not theirs. Run it after every change of dependencies.
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "./root.ts";

/** The part of a lock file's entry that is read here; the rest passes through. */
interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
type Packages = Readonly<Record<string, LockedPackage>>;

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

/** Optional dependencies that the lock file's own packages ask for and that it does not name: name -> exact version. */
export function missingFromLock(packages: Packages): ReadonlyMap<string, string> {
  const missing = new Map<string, string>();
  for (const [place, { optionalDependencies }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
      const isNamed = `node_modules/${name}` in packages || `${place}/node_modules/${name}` in packages;
      if (!isNamed) missing.set(name, version);
    }
  }
  return missing;
}

/** The lock file's entry of a platform package, its platform read from its name (`cli-linux-arm64-musl`). */
export function platformEntry(name: string, version: string): object {
  const words = (name.split("/").at(-1) ?? "").split("-");
  const os = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word));
  if (os === undefined || cpu === undefined || !/^\d/.test(version)) {
    throw new Error(`${name}@${version} names no platform or no exact version; look at it by hand`);
  }
  const libc = words.some((word) => word.startsWith("musl"))
    ? ["musl"]
    : words.some((word) => word.startsWith("gnu")) && ["glibc"];
  return { version, cpu: [cpu], dev: true, ...(os === "linux" && libc && { libc }), optional: true, os: [os] };
}

if (import.meta.main) {
  const file = path.join(root, "package-lock.json");
  const lock = JSON.parse(await readFile(file, "utf8")) as { packages: Packages };
  const missing = missingFromLock(lock.packages);
  const added = [...missing].map(([name, version]) => [`node_modules/${name}`, platformEntry(name, version)] as const);
  const packages = [...Object.entries(lock.packages), ...added].toSorted(([a], [b]) => a.localeCompare(b, "en"));
  await writeFile(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
  console.log(`${missing.size} packages of other platforms added`);
}
