import { builtinModules } from "node:module";
import path from "node:path";

/** What an import leads to. */
export type Target =
  | { readonly kind: "file"; readonly file: string; readonly isByName: boolean }
  | { readonly kind: "asset"; readonly file: string }
  | { readonly kind: "node"; readonly module: string }
  | { readonly kind: "library"; readonly library: string }
  | { readonly kind: "missing" };

/** Path relative to the root -> text: the repository, or a small one that a test made up. */
export type Files = ReadonlyMap<string, string>;

/** Resolves `specifier` as Node does in this repository: relative with extension, a workspace's name, Node's, or a library. */
export function resolveImport(files: Files, from: string, specifier: string): Target {
  if (specifier.startsWith("node:")) return { kind: "node", module: specifier };
  if (builtinModules.includes(specifier)) return { kind: "node", module: `node:${specifier}` };
  if (/^\.\.?\//.test(specifier)) {
    const file = path.posix.join(path.posix.dirname(from), specifier);
    if (!/\.(tsx?|mjs|mts)$/.test(file)) return { kind: "asset", file };
    return files.has(file) ? { kind: "file", file, isByName: false } : { kind: "missing" };
  }
  const own = /^@pomona\/([^/]+)(?:\/(.+))?$/.exec(specifier);
  if (own !== null) {
    const file = doorOf(files, own[1] ?? "", own[2]);
    return file !== undefined && files.has(file) ? { kind: "file", file, isByName: true } : { kind: "missing" };
  }
  return { kind: "library", library: /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier };
}

/** The file that a workspace's package.json exports under `subpath` (its main door without one). */
function doorOf(files: Files, name: string, subpath: string | undefined): string | undefined {
  const folder = [`packages/${name}`, `apps/${name}`, name].find((place) => files.has(`${place}/package.json`));
  if (folder === undefined) return undefined;
  const { exports } = JSON.parse(files.get(`${folder}/package.json`) ?? "{}") as { exports?: Record<string, unknown> };
  const key = subpath === undefined ? "." : `./${subpath}`;
  const exact = exports?.[key];
  if (typeof exact === "string") return path.posix.join(folder, exact);
  for (const [pattern, target] of Object.entries(exports ?? {})) {
    const [before, after] = pattern.split("*");
    if (after === undefined || typeof target !== "string" || !key.startsWith(before ?? "") || !key.endsWith(after))
      continue;
    return path.posix.join(folder, target.replace("*", key.slice(before?.length, key.length - after.length)));
  }
  return undefined;
}
