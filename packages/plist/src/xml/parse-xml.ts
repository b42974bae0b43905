import { scanBase64 } from "../base64.ts";
import { parseDate } from "../date-text.ts";
import { parseInteger } from "../integer.ts";
import { checkSize, type PlistLimits, resolveLimits } from "../limits.ts";
import { PlistReal } from "../real.ts";
import { parseReal } from "../real-text.ts";
import { PlistUid } from "../uid.ts";
import type { PlistDictionary, PlistValue } from "../value.ts";
import { type ElementName, elementAt } from "./element.ts";
import { readProlog } from "./prolog.ts";
import { trimSpace, XmlScanner } from "./scanner.ts";
import { decodeXml } from "./source.ts";
import { readText } from "./text.ts";

interface Reading {
  readonly scanner: XmlScanner;
  readonly limits: Required<PlistLimits>;
  nodes: number;
}

/**
 * Parses an XML property list. A dictionary `{CF$UID: n}` becomes a `PlistUid`; a key that comes twice is an error, since
 * readers disagree about which one counts. Throws `PlistError`.
 */
export function parseXmlPlist(bytes: Uint8Array, limits?: Partial<PlistLimits>): PlistValue {
  const resolved = resolveLimits(limits);
  checkSize(bytes, resolved);
  const scanner = new XmlScanner(decodeXml(bytes));
  readProlog(scanner);
  const value = readValue({ scanner, limits: resolved, nodes: 0 }, 0);
  scanner.skipFiller();
  scanner.closeTag("plist");
  scanner.skipFiller();
  if (scanner.at < scanner.text.length) scanner.fail("plist.syntax", "something after </plist>");
  return value;
}

/** Reads the next element as a value; `depth` counts the containers around it. */
function readValue(reading: Reading, depth: number): PlistValue {
  const { scanner } = reading;
  scanner.skipFiller();
  const name = elementAt(scanner);
  if (++reading.nodes > reading.limits.maxNodes) {
    scanner.fail("plist.too-many-nodes", `more than ${reading.limits.maxNodes} values`);
  }
  if (name !== "dict" && name !== "array") return readScalar(reading, name);
  if (depth >= reading.limits.maxDepth) {
    scanner.fail("plist.too-deep", `more than ${reading.limits.maxDepth} containers inside each other`);
  }
  const isEmpty = scanner.openTag(name);
  if (name === "dict") return isEmpty ? emptyDictionary() : readDictionary(reading, depth + 1);
  return isEmpty ? [] : readArray(reading, depth + 1);
}

function emptyDictionary(): Record<string, PlistValue> {
  return Object.create(null) as Record<string, PlistValue>;
}

function readArray(reading: Reading, depth: number): PlistValue[] {
  const { scanner } = reading;
  const items: PlistValue[] = [];
  for (;;) {
    scanner.skipFiller();
    if (scanner.isAtClosing()) break;
    items.push(readValue(reading, depth));
  }
  scanner.closeTag("array");
  return items;
}

function readDictionary(reading: Reading, depth: number): PlistDictionary | PlistUid {
  const { scanner } = reading;
  const entries = emptyDictionary();
  let size = 0;
  for (;;) {
    scanner.skipFiller();
    if (scanner.isAtClosing()) break;
    const start = scanner.at;
    if (elementAt(scanner) !== "key") scanner.fail("plist.syntax", "a value without a key");
    const key = readString(reading, "key");
    if (entries[key] !== undefined)
      scanner.fail("plist.duplicate-key", "a key that this dictionary has already", start);
    scanner.skipFiller();
    if (scanner.isAtClosing()) scanner.fail("plist.syntax", "a key without a value");
    entries[key] = readValue(reading, depth);
    size++;
  }
  scanner.closeTag("dict");
  return (size === 1 ? asUid(entries) : undefined) ?? entries;
}

/** CoreFoundation writes a keyed archiver's reference as a dictionary with one unsigned 32-bit integer. */
function asUid(entries: PlistDictionary): PlistUid | undefined {
  const uid = entries["CF$UID"];
  return typeof uid === "number" && uid >= 0 && uid <= 0xffff_ffff ? new PlistUid(uid) : undefined;
}

function readScalar(reading: Reading, name: ElementName): PlistValue {
  const { scanner } = reading;
  if (name === "string") return readString(reading, "string");
  const start = scanner.at;
  if (name === "key") scanner.fail("plist.syntax", "a key where a value belongs");
  const text = scanner.openTag(name) ? "" : readText(scanner, name);
  const value = scalarOf(name, name === "data" ? text : trimSpace(text));
  return value ?? scanner.fail("plist.content", `the content of this <${name}> is none`, start);
}

function scalarOf(name: ElementName, text: string): PlistValue | undefined {
  switch (name) {
    case "true":
      return text === "" ? true : undefined;
    case "false":
      return text === "" ? false : undefined;
    case "integer":
      return parseInteger(text);
    case "date":
      return parseDate(text);
    case "real": {
      const real = parseReal(text);
      return real === undefined ? undefined : new PlistReal(real);
    }
    case "data": {
      const data = scanBase64(text, 0, text.length, true);
      return typeof data === "number" ? undefined : data;
    }
    default:
      return undefined;
  }
}

function readString(reading: Reading, name: "string" | "key"): string {
  const { scanner, limits } = reading;
  const start = scanner.at;
  const text = scanner.openTag(name) ? "" : readText(scanner, name);
  if (text.length > limits.maxStringLength) {
    scanner.fail("plist.too-large", `a string of more than ${limits.maxStringLength} characters`, start);
  }
  return text;
}
