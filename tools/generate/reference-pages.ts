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
  readonly permission?: string;
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
    ({ name, method, path: route, permission, risk, summary }) =>
      `| \`${name}\` | ${cell(method && route ? `\`${method} ${route}\`` : undefined)} | ${cell(permission)} | ${cell(risk)} | ${cell(summary)} |`,
  );
  return [
    "# Actions",
    "",
    "Generated from packages/contract by `node tools/generate.ts`.",
    "",
    "| action | route | permission | risk | what it does |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

const cell = (text: string | undefined): string => (text ?? "").replaceAll("|", "\\|").replaceAll("\n", " ");
