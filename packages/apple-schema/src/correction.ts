import type { OsFacts, TableEntry, TableKey, TableKind } from "./model.ts";

/** What we say differently from Apple's release, with the reason. */
export interface Correction {
  readonly kind: TableKind;
  /** As on the wire. */
  readonly name: string;
  /** Why, and where it is known from. */
  readonly reason: string;
  /** Values that replace those of the table. */
  readonly os?: Partial<OsFacts>;
  /** Top-level keys that replace those of the same name, or are added. */
  readonly keys?: readonly TableKey[];
  /** The whole entry, for what the release lacks; one of a newer release goes before it. */
  readonly entry?: TableEntry;
}

/** @returns the entry as we take it to be, or undefined where neither table nor corrections know it */
export function correct(entry: TableEntry | undefined, corrections: readonly Correction[]): TableEntry | undefined {
  let result = entry;
  for (const { os, keys = [], entry: whole } of corrections) {
    result ??= whole;
    if (result === undefined) continue;
    const replaced = new Set(keys.map(({ key }) => key));
    result = {
      ...result,
      os: { ...result.os, ...os },
      keys: [...(result.keys ?? []).filter(({ key }) => !replaced.has(key)), ...keys],
    };
  }
  return result;
}
