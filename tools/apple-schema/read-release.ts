import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { TableEntry, TableKind } from "@pomona/apple-schema";
import { parse } from "yaml";
import { convertEntry } from "./convert-entry.ts";
import { nodeAt, nodesAt, textAt, type YamlNode } from "./yaml-node.ts";

/** Where a release keeps what, and what names a thing there. */
const FOLDERS: readonly {
  readonly kind: TableKind;
  readonly folder: string;
  readonly nameOf: (document: YamlNode) => string | undefined;
}[] = [
  { kind: "command", folder: "mdm/commands", nameOf: named("requesttype") },
  { kind: "check-in", folder: "mdm/checkin", nameOf: named("requesttype") },
  { kind: "profile", folder: "mdm/profiles", nameOf: named("payloadtype") },
  { kind: "error", folder: "mdm/errors", nameOf: errorCode },
  { kind: "declaration", folder: "declarative/declarations", nameOf: named("declarationtype") },
  { kind: "credential", folder: "declarative/declarations", nameOf: named("credentialtype") },
  { kind: "status-item", folder: "declarative/status", nameOf: named("statusitemtype") },
];

/** Every entry of a release by kind and name; a payload type that several files describe has several, in file order. */
export type Release = ReadonlyMap<TableKind, ReadonlyMap<string, readonly TableEntry[]>>;

/** Reads the folder of Apple's release (github.com/apple/device-management). @throws Error naming the file that does not fit */
export async function readRelease(folder: string): Promise<Release> {
  const release = new Map<TableKind, Map<string, TableEntry[]>>();
  for (const { kind, folder: below, nameOf } of FOLDERS) {
    const entries = new Map<string, TableEntry[]>();
    for (const file of await yamlFiles(path.join(folder, below))) {
      const document = await readDocument(path.join(folder, below, file));
      const name = nameOf(document);
      if (name === undefined) continue;
      try {
        entries.set(name, [...(entries.get(name) ?? []), convertEntry(document)]);
      } catch (error) {
        throw new Error(`${below}/${file}: ${(error as Error).message}`, { cause: error });
      }
    }
    release.set(kind, entries);
  }
  return release;
}

async function yamlFiles(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return files.filter((file) => file.endsWith(".yaml")).toSorted();
}

/** YAML 1.2; anchors may be met as often as Apple likes, and aliases of one anchor are one object. */
async function readDocument(file: string): Promise<YamlNode> {
  const document: unknown = parse(await readFile(file, "utf8"), { version: "1.2", maxAliasCount: -1 });
  if (typeof document !== "object" || document === null) throw new Error(`${file} is not a mapping`);
  return document as YamlNode;
}

function named(field: string): (document: YamlNode) => string | undefined {
  return (document) => textAt(nodeAt(document, "payload"), field);
}

/** An error's file is named by the one code that its body may have. */
function errorCode(document: YamlNode): string | undefined {
  const code = nodesAt(document, "payloadkeys").find((key) => key["key"] === "code");
  const codes: unknown = code?.["rangelist"];
  return Array.isArray(codes) && typeof codes[0] === "string" ? codes[0] : undefined;
}
