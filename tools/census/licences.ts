import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** Licences whose works may ship beside Apache-2.0 code. */
export const ALLOWED_LICENCES: readonly string[] = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
];

/** Packages with another licence that may stay, each with its reason. */
export const LICENCE_EXCEPTIONS: readonly {
  readonly name: RegExp;
  readonly licence: string;
  readonly reason: string;
}[] = [
  {
    name: /^(@axe-core\/playwright|axe-core)$/,
    licence: "MPL-2.0",
    reason: "checks pages in browser tests; unmodified, never shipped",
  },
  {
    name: /^lightningcss(-.+)?$/,
    licence: "MPL-2.0",
    reason: "Vite's style compiler, used while building; unmodified, never shipped",
  },
];

/** An installed package and the licence that its package.json names. */
export interface InstalledPackage {
  readonly name: string;
  readonly licence: string;
}

/** Every package under `folder` (a node_modules), nested ones too; links into this repository are not entered. */
export async function installedPackages(folder: string): Promise<readonly InstalledPackage[]> {
  const found: InstalledPackage[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (!entry.isDirectory() || entry.name.startsWith(".")) continue;
    const place = path.join(folder, entry.name);
    if (entry.name.startsWith("@")) found.push(...(await installedPackages(place)));
    else found.push(...(await packageIn(place)), ...(await installedPackages(path.join(place, "node_modules"))));
  }
  return found;
}

async function packageIn(folder: string): Promise<readonly InstalledPackage[]> {
  const text = await readFile(path.join(folder, "package.json"), "utf8").catch(() => undefined);
  if (text === undefined) return [];
  const { name, license, licenses } = JSON.parse(text) as Record<string, unknown>;
  return typeof name === "string" ? [{ name, licence: licenceText(license ?? licenses) }] : [];
}

function licenceText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(licenceText).join(" OR ");
  if (typeof value === "object" && value !== null && "type" in value) return licenceText(value.type);
  return "none";
}

/** Whether a package may be installed: by its licence, or by name in the exceptions. */
export const mayStay = ({ name, licence }: InstalledPackage): boolean =>
  isAllowed(licence) ||
  LICENCE_EXCEPTIONS.some((exception) => exception.name.test(name) && exception.licence === licence);

/** Whether an SPDX expression lets us choose allowed licences only: one side of OR, both of AND. */
export function isAllowed(expression: string): boolean {
  const text = expression.replace(/[()]/g, "").trim();
  if (/ OR /i.test(text)) return text.split(/ OR /i).some(isAllowed);
  if (/ AND /i.test(text)) return text.split(/ AND /i).every(isAllowed);
  return ALLOWED_LICENCES.includes(text);
}
