/** A mapping of YAML. */
export type YamlNode = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is YamlNode =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The mapping under a key, or an empty one. The object itself, since anchors are known by identity. */
export function nodeAt(node: YamlNode, key: string): YamlNode {
  const value = node[key];
  return isNode(value) ? value : {};
}

/** The mappings listed under a key. */
export function nodesAt(node: YamlNode, key: string): readonly YamlNode[] {
  const value = node[key];
  return Array.isArray(value) ? (value as unknown[]).filter(isNode) : [];
}

export function textAt(node: YamlNode, key: string): string | undefined {
  const value = node[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

export function textsAt(node: YamlNode, key: string): readonly string[] | undefined {
  const value = node[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}

export function flagAt(node: YamlNode, key: string): boolean | undefined {
  const value = node[key];
  return typeof value === "boolean" ? value : undefined;
}

/** What was found, without what was not. */
export function found<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
