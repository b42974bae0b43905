import { type Correction, correct } from "./correction.ts";
import { decodeEntry } from "./decode-entry.ts";
import type { SchemaEntry, Table, TableEntry, TableKind } from "./model.ts";
import { CORRECTIONS } from "./overlay/corrections.ts";
import { CHECK_IN } from "./tables/check-in.ts";
import { COMMANDS } from "./tables/commands.ts";
import { CREDENTIALS } from "./tables/credentials.ts";
import { DECLARATIONS } from "./tables/declarations.ts";
import { ERRORS } from "./tables/errors.ts";
import { PROFILES } from "./tables/profiles.ts";
import { STATUS_ITEMS } from "./tables/status-items.ts";

const TABLES: Readonly<Record<TableKind, Table>> = {
  command: COMMANDS,
  "check-in": CHECK_IN,
  profile: PROFILES,
  declaration: DECLARATIONS,
  credential: CREDENTIALS,
  "status-item": STATUS_ITEMS,
  error: ERRORS,
};

/** Entries that were asked for, so that each is parsed once. What is not known is not kept: names may come from outside. */
const decoded = new Map<TableKind, Map<string, SchemaEntry>>();

/** The entry of this name with our corrections, or undefined. */
export function entryOf(kind: TableKind, name: string): SchemaEntry | undefined {
  let entries = decoded.get(kind);
  if (entries === undefined) {
    entries = new Map();
    decoded.set(kind, entries);
  }
  const known = entries.get(name);
  if (known !== undefined) return known;
  const json = Object.hasOwn(TABLES[kind], name) ? TABLES[kind][name] : undefined;
  const entry = correct(json === undefined ? undefined : (JSON.parse(json) as TableEntry), correctionsOf(kind, name));
  if (entry === undefined) return undefined;
  const result = decodeEntry(entry);
  entries.set(name, result);
  return result;
}

/** Every name of a table that macOS has or had, sorted. */
export function namesOf(kind: TableKind): readonly string[] {
  const added = CORRECTIONS.filter((correction) => correction.kind === kind).map(({ name }) => name);
  const names = [...new Set([...Object.keys(TABLES[kind]), ...added])];
  return names.filter((name) => isString(entryOf(kind, name)?.os.introduced)).toSorted();
}

const isString = (value: unknown): value is string => typeof value === "string";

const correctionsOf = (kind: TableKind, name: string): readonly Correction[] =>
  CORRECTIONS.filter((correction) => correction.kind === kind && correction.name === name);
