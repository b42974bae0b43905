import path from "node:path";
import { placeOf } from "./places.ts";
import { BANNED_ENDINGS, BANNED_FOLDERS, FEATURES, LONG_FILES, MAX_KERNEL_FILES, MAX_LINES } from "./table.ts";

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.(ts|tsx|mts|mjs)$/;
const GENERATED = /^\/[/*]+\s*Generated\b/;
const ENDING = new RegExp(`(^|-)(${BANNED_ENDINGS.join("|")})$`);
const EXPORT_ENDING = new RegExp(`(${BANNED_ENDINGS.map((e) => e[0]?.toUpperCase() + e.slice(1)).join("|")})$`);

/** What is wrong with a file's place, name, exported names and length. */
export function layoutFaults(file: string, text: string, exportedNames: readonly string[]): readonly string[] {
  const faults: string[] = [];
  const folders = path.posix.dirname(file).split("/");
  const name = path.posix.basename(file);
  if (placeOf(file) === undefined) faults.push("stands in no room of the table (tools/architecture/table.ts)");
  const feature = placeOf(file)?.feature;
  if (feature !== undefined && !FEATURES.includes(feature)) faults.push(`${feature} is not in the table of features`);
  for (const folder of folders)
    if (BANNED_FOLDERS.includes(folder)) faults.push(`a folder called ${folder} says nothing`);
  if (!KEBAB.test(name)) faults.push("file names are kebab-case");
  if (ENDING.test(name.split(".", 1)[0] ?? ""))
    faults.push("name the file for the thing, not for being a helper of it");
  for (const exported of exportedNames) {
    if (EXPORT_ENDING.test(exported)) faults.push(`${exported}: name the thing, not its being a manager or helper`);
    if (/^I[A-Z][a-z]/.test(exported)) faults.push(`${exported}: an interface is named as the thing, without an I`);
  }
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  if (lines > MAX_LINES && !GENERATED.test(text) && LONG_FILES[file] === undefined) {
    faults.push(`${lines} lines: split it, or give its reason in LONG_FILES`);
  }
  return faults;
}

/** Faults of the table and of the tree as a whole. */
export function treeFaults(files: readonly string[]): readonly string[] {
  const kernel = files.filter((file) => placeOf(file)?.room === "kernel" && placeOf(file)?.isTest === false);
  const faults = Object.keys(LONG_FILES)
    .filter((file) => !files.includes(file))
    .map((file) => `${file}: is in LONG_FILES and does not exist`);
  if (kernel.length > MAX_KERNEL_FILES) {
    faults.push(
      `apps/server/src/kernel: ${kernel.length} files, and ${MAX_KERNEL_FILES} is the most that is read in one sitting`,
    );
  }
  return faults;
}
