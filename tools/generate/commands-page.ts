import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Generator } from "./generator.ts";

/** What this page reads of an entry of the catalogue. */
interface CommandDescription {
  readonly requestType: string;
  readonly summary: string;
  readonly risk: string;
  readonly sealed?: readonly string[];
  readonly input: {
    readonly properties: Readonly<Record<string, { readonly description?: string }>>;
    readonly required?: readonly string[];
  };
}

/** docs/reference/commands.md from the catalogue of MDM commands. */
export const commandsPage: Generator = async (root) => {
  const file = path.join(root, "apps/server/src/features/commands/catalog/index.ts");
  if (!existsSync(file)) return new Map();
  const exported: unknown = await import(pathToFileURL(file).href);
  const catalog =
    typeof exported === "object" && exported !== null && "commandCatalog" in exported
      ? exported.commandCatalog
      : undefined;
  if (!(catalog instanceof Map)) return new Map();
  return new Map([["docs/reference/commands.md", pageOf([...(catalog as Map<string, CommandDescription>).values()])]]);
};

const pageOf = (commands: readonly CommandDescription[]): string =>
  [
    "# Commands",
    "",
    "Generated from apps/server/src/features/commands/catalog by `node tools/generate.ts`.",
    "",
    "What can be sent to a Mac with `POST /api/v1/devices/{deviceId}/commands` and an input of its own. Fields in bold are needed;",
    "those marked (sealed) are kept encrypted while the command waits. Whether a Mac can take it is asked of Apple's tables, with the reason.",
    "",
    "| request type | does | risk | input |",
    "| --- | --- | --- | --- |",
    ...commands.map(
      (command) => `| \`${command.requestType}\` | ${cell(command.summary)} | ${command.risk} | ${fieldsOf(command)} |`,
    ),
    "",
  ].join("\n");

function fieldsOf({ input, sealed = [] }: CommandDescription): string {
  const fields = Object.entries(input.properties).map(([name, { description }]) => {
    const shown = input.required?.includes(name) === true ? `**\`${name}\`**` : `\`${name}\``;
    const words = description === undefined ? "" : `: ${cell(description)}`;
    return `${shown}${sealed.includes(name) ? " (sealed)" : ""}${words}`;
  });
  return fields.join("<br>");
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
