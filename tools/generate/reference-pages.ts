import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Generator } from "./generator.ts";

/** What this page reads of an action's contract. */
interface ActionDescription {
  readonly name: string;
  readonly summary?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly risk?: string;
}

/** docs/reference/actions.md from the `actions` that packages/contract exports; nothing while it exports none. */
export const referencePages: Generator = async (root) => {
  const entry = path.join(root, "packages/contract/src/index.ts");
  if (!existsSync(entry)) return new Map();
  const exported: unknown = await import(pathToFileURL(entry).href);
  const actions = actionsOf(exported);
  return actions.length === 0 ? new Map() : new Map([["docs/reference/actions.md", actionsPage(actions)]]);
};

function actionsOf(exported: unknown): readonly ActionDescription[] {
  const found =
    typeof exported === "object" && exported !== null && "actions" in exported ? exported.actions : undefined;
  const list: readonly unknown[] = Array.isArray(found) ? found : Object.values(found ?? {});
  return list.filter(isAction).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const isAction = (value: unknown): value is ActionDescription =>
  typeof value === "object" && value !== null && "name" in value && typeof value.name === "string";

function actionsPage(actions: readonly ActionDescription[]): string {
  const rows = actions.map(
    ({ name, method, path: route, status, risk, summary }) =>
      `| \`${name}\` | ${cell(method && route ? `\`${method} ${route}\`` : undefined)} | ${status ?? 200} | ${cell(risk)} | ${cell(summary)} |`,
  );
  return [
    "# Actions",
    "",
    "Generated from packages/contract by `node tools/generate.ts`.",
    "",
    "An action's name is also the permission that it needs; routes stand below `/api/v1`.",
    "",
    "| action | route | answers | risk | what it does |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

const cell = (text: string | undefined): string => (text ?? "").replaceAll("|", "\\|").replaceAll("\n", " ");
