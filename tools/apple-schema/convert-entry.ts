import type { KeyType, OsFacts, TableEntry, TableKey } from "@pomona/apple-schema";
import { difference, ownFacts } from "./os-facts.ts";
import { found, nodeAt, nodesAt, textAt, textsAt, type YamlNode } from "./yaml-node.ts";

const TYPES: ReadonlySet<string> = new Set([
  "string",
  "integer",
  "real",
  "boolean",
  "date",
  "data",
  "array",
  "dictionary",
  "any",
]);
/** Apple's key for "any other key of this dictionary": `ANY`, or `ANY` with words that say of what. */
const WILDCARD = /^ANY\b/;

/**
 * The facts of one file. Nodes that are met more than once, which is how Apple's anchors look once they are read, become
 * named definitions: some hold themselves, so that writing them out would never end.
 * @throws Error for a type that no property list has
 */
export function convertEntry(document: YamlNode): TableEntry {
  const payload = nodeAt(document, "payload");
  // A file that does not speak of macOS says nothing about it: taken as not there.
  const os: OsFacts = { introduced: null, ...ownFacts(payload) };
  // Nothing is kept of what macOS never had but the fact.
  if (os.introduced === null) return { os: { introduced: null } };
  const roots = [...nodesAt(document, "payloadkeys"), ...nodesAt(document, "responsekeys")];
  const converter = new Converter(os, sharedNodes(roots));
  const keys = nodesAt(document, "payloadkeys").map((node) => converter.convert(node, os));
  const response = nodesAt(document, "responsekeys").map((node) => converter.convert(node, os));
  return {
    os,
    ...(keys.length === 0 ? {} : { keys }),
    ...(response.length === 0 ? {} : { response }),
    ...(converter.definitions.size === 0 ? {} : { definitions: Object.fromEntries(converter.definitions) }),
    ...found({ apply: textAt(payload, "apply") }),
  };
}

function sharedNodes(roots: readonly YamlNode[]): ReadonlySet<YamlNode> {
  const seen = new Set<YamlNode>();
  const shared = new Set<YamlNode>();
  const waiting = [...roots];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) {
      shared.add(node);
      continue;
    }
    seen.add(node);
    waiting.push(...nodesAt(node, "subkeys"));
  }
  return shared;
}

class Converter {
  readonly definitions = new Map<string, TableKey>();
  readonly #names = new Map<YamlNode, string>();
  readonly #os: OsFacts;
  readonly #shared: ReadonlySet<YamlNode>;

  constructor(os: OsFacts, shared: ReadonlySet<YamlNode>) {
    this.#os = os;
    this.#shared = shared;
  }

  convert(node: YamlNode, above: OsFacts): TableKey {
    if (!this.#shared.has(node)) return this.#body(node, above, above);
    let name = this.#names.get(node);
    if (name === undefined) {
      name = this.#newName(textAt(node, "key") ?? "item");
      this.#names.set(node, name);
      // A definition inherits from the entry, so what it inherits where it is first met is written into it.
      this.definitions.set(name, this.#body(node, above, this.#os));
    }
    return { key: textAt(node, "key") ?? "", type: typeOf(node), ref: name };
  }

  #newName(key: string): string {
    const isTaken = (name: string) => [...this.#names.values()].includes(name);
    let name = key;
    for (let n = 2; isTaken(name); n += 1) name = `${key}-${n}`;
    return name;
  }

  /** @param written what the reader will inherit, where that is not what Apple's file inherits */
  #body(node: YamlNode, above: OsFacts, written: OsFacts): TableKey {
    const key = textAt(node, "key") ?? "";
    const type = typeOf(node);
    const os: OsFacts = { ...above, ...ownFacts(node) };
    const differs = difference(written, os);
    // Of what macOS never had, only the name is kept.
    if (os.introduced === null && !this.#isOnMacOsBelow(node)) {
      return { key, type, ...found({ os: differs }) };
    }
    return {
      key,
      type,
      ...found({
        required: node["presence"] === "required" ? (true as const) : undefined,
        values: scalars(node["rangelist"]),
        range: boundsOf(nodeAt(node, "range")),
        format: textAt(node, "format"),
        default: isScalar(node["default"]) ? node["default"] : undefined,
        combine: textAt(node, "combinetype"),
        assetTypes: textsAt(node, "assettypes"),
        assetContentTypes: textsAt(node, "asset-content-types"),
        os: differs,
      }),
      ...this.#below(type, node, os),
    };
  }

  /** Whether a key below says itself that macOS has it. */
  #isOnMacOsBelow(node: YamlNode, above: readonly YamlNode[] = []): boolean {
    if (above.includes(node)) return false;
    return nodesAt(node, "subkeys").some(
      (subkey) => typeof ownFacts(subkey).introduced === "string" || this.#isOnMacOsBelow(subkey, [...above, node]),
    );
  }

  #below(type: KeyType, node: YamlNode, os: OsFacts): Partial<TableKey> {
    const subkeys = nodesAt(node, "subkeys");
    if (subkeys.length === 0) return {};
    switch (type) {
      case "dictionary": {
        const isWild = (subkey: YamlNode) => WILDCARD.test(textAt(subkey, "key") ?? "");
        const wild = subkeys.find(isWild);
        const keys = subkeys.filter((subkey) => !isWild(subkey)).map((subkey) => this.convert(subkey, os));
        return {
          ...(keys.length === 0 ? {} : { keys }),
          ...(wild === undefined ? {} : { any: this.convert(wild, os) }),
        };
      }
      case "array": {
        // The item's name means nothing. The number of items is written on the item.
        const count = subkeys.length === 1 ? boundsOf(nodeAt(subkeys[0]!, "repetition")) : undefined;
        return { items: subkeys.map((subkey) => this.convert(subkey, os)), ...found({ count }) };
      }
      default:
        // A string with subkeys: their names are the values that are known.
        return { known: subkeys.map((subkey) => textAt(subkey, "key") ?? "") };
    }
  }
}

function typeOf(node: YamlNode): KeyType {
  const type = /^<(\w+)>$/.exec(textAt(node, "type") ?? "")?.[1];
  if (type !== undefined && TYPES.has(type)) return type as KeyType;
  throw new Error(`the key ${textAt(node, "key") ?? ""} has the type ${textAt(node, "type") ?? "(none)"}`);
}

const isScalar = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);

function scalars(value: unknown): readonly (string | number | boolean)[] | undefined {
  return Array.isArray(value) ? (value as unknown[]).filter(isScalar) : undefined;
}

function boundsOf(node: YamlNode): readonly [number | null, number | null] | undefined {
  const bound = (key: string) => (typeof node[key] === "number" ? node[key] : null);
  const bounds = [bound("min"), bound("max")] as const;
  return bounds[0] === null && bounds[1] === null ? undefined : bounds;
}
