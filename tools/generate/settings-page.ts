import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Generator } from "./generator.ts";

/** docs/reference/settings.md from the `SETTINGS` of the server's configuration. */
export const settingsPage: Generator = async (root) => {
  const file = path.join(root, "apps/server/src/config.ts");
  if (!existsSync(file)) return new Map();
  const exported: unknown = await import(pathToFileURL(file).href);
  const table = typeof exported === "object" && exported !== null && "SETTINGS" in exported ? exported.SETTINGS : {};
  const settings = Object.values(table ?? {}).filter(isSetting);
  return settings.length === 0 ? new Map() : new Map([["docs/reference/settings.md", pageOf(settings)]]);
};

interface Setting {
  readonly env: string;
  readonly default: string;
  readonly doc: string;
}

const isSetting = (value: unknown): value is Setting =>
  typeof value === "object" &&
  value !== null &&
  ["env", "default", "doc"].every((key) => typeof (value as Record<string, unknown>)[key] === "string");

const pageOf = (settings: readonly Setting[]): string =>
  [
    "# Settings",
    "",
    "Generated from apps/server/src/config.ts by `node tools/generate.ts`.",
    "",
    "The server reads them from its environment at start. A variable that begins with `POMONA_` and is not listed here stops it.",
    "",
    "| variable | default | is |",
    "| --- | --- | --- |",
    ...settings.map(
      (setting) =>
        `| \`${setting.env}\` | ${setting.default === "" ? "" : `\`${setting.default}\``} | ${cell(setting.doc)} |`,
    ),
    "",
  ].join("\n");

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
