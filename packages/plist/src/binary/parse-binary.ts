import { PlistError, type PlistErrorCode } from "../error.ts";
import { checkSize, type PlistLimits, resolveLimits } from "../limits.ts";
import type { PlistDictionary, PlistValue } from "../value.ts";
import { type ObjectHead, readHead, readScalar, readString } from "./object.ts";
import { type BinaryLayout, readLayout, readUnsigned } from "./trailer.ts";

interface Reading {
  readonly layout: BinaryLayout;
  readonly limits: Required<PlistLimits>;
  /** Containers that are being read; meeting one again is a cycle. */
  readonly open: Set<number>;
  /** Strings by reference: keys are shared by many dictionaries. */
  readonly strings: Map<number, string>;
  nodes: number;
  payload: number;
}

/**
 * Parses a binary property list (`bplist00`). An object that is referred to twice is read twice and counts twice, so
 * that neither we nor whoever walks the result can be made to unfold a small file without end. Sets and null, which no
 * property list has, are refused. Throws `PlistError`.
 */
export function parseBinaryPlist(bytes: Uint8Array, limits?: Partial<PlistLimits>): PlistValue {
  const resolved = resolveLimits(limits);
  checkSize(bytes, resolved);
  const layout = readLayout(bytes);
  const reading: Reading = { layout, limits: resolved, open: new Set(), strings: new Map(), nodes: 0, payload: 0 };
  return readObject(reading, layout.topObject, 0);
}

/** Reads the object behind a reference; `depth` counts the containers around it. */
function readObject(reading: Reading, ref: number, depth: number): PlistValue {
  const { layout, limits } = reading;
  const at = offsetOf(layout, ref);
  if (++reading.nodes > limits.maxNodes) fail("plist.too-many-nodes", `more than ${limits.maxNodes} values`, at);
  const known = reading.strings.get(ref);
  if (known !== undefined) {
    spend(reading, known.length, at);
    return known;
  }
  const head = readHead(layout, at);
  if (head.kind === "string") return readSharedString(reading, ref, head);
  if (head.kind !== "array" && head.kind !== "dictionary") {
    spend(reading, head.end - head.start, at);
    return readScalar(layout, head);
  }
  if (reading.open.has(ref)) fail("plist.cyclic", "a container holds itself", at);
  if (depth >= limits.maxDepth) fail("plist.too-deep", `more than ${limits.maxDepth} containers inside each other`, at);
  reading.open.add(ref);
  const value = head.kind === "array" ? readArray(reading, head, depth + 1) : readDictionary(reading, head, depth + 1);
  reading.open.delete(ref);
  return value;
}

function readArray(reading: Reading, head: ObjectHead, depth: number): PlistValue[] {
  const { view, refSize } = reading.layout;
  const items: PlistValue[] = [];
  for (let at = head.start; at < head.end; at += refSize) {
    items.push(readObject(reading, readUnsigned(view, at, refSize), depth));
  }
  return items;
}

function readDictionary(reading: Reading, head: ObjectHead, depth: number): PlistDictionary {
  const { view, refSize } = reading.layout;
  const entries = Object.create(null) as Record<string, PlistValue>;
  const keysEnd = head.start + (head.end - head.start) / 2;
  for (let at = head.start, valueAt = keysEnd; at < keysEnd; at += refSize, valueAt += refSize) {
    const key = readKey(reading, readUnsigned(view, at, refSize));
    if (entries[key] !== undefined) fail("plist.duplicate-key", "a key that this dictionary has already", at);
    entries[key] = readObject(reading, readUnsigned(view, valueAt, refSize), depth);
  }
  return entries;
}

function readKey(reading: Reading, ref: number): string {
  const known = reading.strings.get(ref);
  const at = offsetOf(reading.layout, ref);
  if (known !== undefined) {
    spend(reading, known.length, at);
    return known;
  }
  const head = readHead(reading.layout, at);
  if (head.kind !== "string") fail("plist.syntax", "a key that is not a string", at);
  return readSharedString(reading, ref, head);
}

function readSharedString(reading: Reading, ref: number, head: ObjectHead): string {
  spend(reading, head.end - head.start, head.at);
  const text = readString(reading.layout, head);
  if (text.length > reading.limits.maxStringLength) {
    fail("plist.too-large", `a string of more than ${reading.limits.maxStringLength} characters`, head.at);
  }
  reading.strings.set(ref, text);
  return text;
}

/** Adds up what the document unfolds to: one long string referred to 60,000 times must not pass as a small file. */
function spend(reading: Reading, bytes: number, at: number): void {
  reading.payload += bytes;
  if (reading.payload > reading.limits.maxBytes) {
    fail("plist.too-large", `the property list unfolds to more than ${reading.limits.maxBytes} bytes`, at);
  }
}

function offsetOf(layout: BinaryLayout, ref: number): number {
  const { view, offsetSize, objectCount, tableOffset } = layout;
  if (ref >= objectCount) fail("plist.syntax", "a reference that is not in the table", tableOffset);
  const entry = tableOffset + ref * offsetSize;
  const at = readUnsigned(view, entry, offsetSize);
  if (at < 8 || at >= tableOffset) fail("plist.syntax", "an offset that is not among the objects", entry);
  return at;
}

function fail(code: PlistErrorCode, message: string, at: number): never {
  throw new PlistError(code, message, at);
}
