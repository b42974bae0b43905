import { type ESTree, parseSync, Visitor } from "vite";

/** One import as it is written in a file, before it is resolved. */
export interface ImportEdge {
  /** The specifier; undefined when it is computed. */
  readonly specifier: string | undefined;
  /** Whether it is gone after type stripping (`import type`, `export type`, `import("x").T`). */
  readonly isType: boolean;
}

/** What the checks read of one file. */
export interface ParsedFile {
  readonly imports: readonly ImportEdge[];
  readonly exportedNames: readonly string[];
  readonly errors: readonly string[];
}

/** Parses TypeScript (or JavaScript) with a real parser, so that a string or a comment that looks like an import is none. */
export function parseFile(file: string, text: string): ParsedFile {
  const { program, module, errors } = parseSync(file, text);
  const imports: ImportEdge[] = [];
  for (const { moduleRequest, entries } of module.staticImports) {
    imports.push({
      specifier: moduleRequest.value,
      isType: entries.length > 0 && entries.every((entry) => entry.isType),
    });
  }
  const exported: string[] = [];
  for (const { entries } of module.staticExports) {
    const sources = new Map<string, boolean>();
    for (const { moduleRequest, isType, exportName } of entries) {
      if (exportName.name !== null) exported.push(exportName.name);
      if (moduleRequest !== null)
        sources.set(moduleRequest.value, isType && (sources.get(moduleRequest.value) ?? true));
    }
    for (const [specifier, isType] of sources) imports.push({ specifier, isType });
  }
  new Visitor({
    ImportExpression: (node) => void imports.push({ specifier: literal(node.source), isType: false }),
    TSImportType: (node) => void imports.push({ specifier: literal(node.source), isType: true }),
    TSExternalModuleReference: (node) => void imports.push({ specifier: literal(node.expression), isType: false }),
  }).visit(program);
  return { imports, exportedNames: exported, errors: errors.map((error) => error.message) };
}

function literal(node: ESTree.Expression): string | undefined {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type === "TemplateLiteral" && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}
