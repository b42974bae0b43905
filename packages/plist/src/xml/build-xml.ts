import { encodeBase64 } from "../base64.ts";
import { type BuildOptions, keysOf } from "../build-options.ts";
import { BuildTrail } from "../build-trail.ts";
import { formatDate } from "../date-text.ts";
import { isDictionary } from "../read.ts";
import { PlistReal } from "../real.ts";
import { formatReal } from "../real-text.ts";
import { PlistUid } from "../uid.ts";
import type { PlistDictionary, PlistValue } from "../value.ts";
import { escapeText } from "./escape.ts";

const HEADER = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`;
/** Apple's writers wrap base64 so that a line with its tabs (of 8) has at most 76 columns, and at least 16. */
const DATA_COLUMNS = 76;
const MIN_DATA_COLUMNS = 16;

interface Writing {
  readonly options: BuildOptions;
  readonly trail: BuildTrail;
  text: string;
}

/**
 * Writes an XML property list as UTF-8, in Apple's layout (tabs, wrapped base64). The same value gives the same bytes.
 * Dates are cut to whole seconds. Throws `plist.unsupported` for what XML cannot hold (control characters, lone
 * surrogates, unsafe integers given as number, invalid dates), `plist.cyclic`, `plist.too-deep`.
 */
export function buildXmlPlist(value: PlistValue, options: BuildOptions = {}): Uint8Array {
  const writing: Writing = { options, trail: new BuildTrail(), text: HEADER };
  writeValue(writing, value, "");
  return new TextEncoder().encode(`${writing.text}</plist>\n`);
}

function writeValue(writing: Writing, value: PlistValue, indent: string): void {
  if (typeof value === "object" && value !== null) writeObject(writing, value, indent);
  else writing.text += `${indent}${scalar(writing, value)}\n`;
}

function scalar({ trail }: Writing, value: PlistValue): string {
  switch (typeof value) {
    case "string":
      return `<string>${escapeText(value, trail)}</string>`;
    case "boolean":
      return value ? "<true/>" : "<false/>";
    case "bigint":
      return `<integer>${trail.checkInteger(value)}</integer>`;
    case "number":
      if (!Number.isInteger(value) || Object.is(value, -0)) return `<real>${formatReal(value)}</real>`;
      return `<integer>${trail.checkInteger(value)}</integer>`;
    default:
      return trail.fail("plist.unsupported", "property lists have no null, undefined, function or symbol");
  }
}

function writeObject(
  writing: Writing,
  value: Exclude<PlistValue, string | number | bigint | boolean>,
  indent: string,
): void {
  const { trail } = writing;
  if (Array.isArray(value)) writeArray(writing, value, indent);
  else if (isDictionary(value)) writeDictionary(writing, value, indent);
  else if (value instanceof Uint8Array) writeData(writing, value, indent);
  else if (value instanceof PlistReal) writing.text += `${indent}<real>${formatReal(value.value)}</real>\n`;
  else if (value instanceof Date) {
    const date =
      formatDate(value) ?? trail.fail("plist.unsupported", "a date that is invalid or outside the years 0 to 9999");
    writing.text += `${indent}<date>${date}</date>\n`;
  } else if (value instanceof PlistUid) {
    writeDictionary(writing, { CF$UID: trail.checkUid(value.value) }, indent);
  } else trail.fail("plist.unsupported", "an object that property lists do not have");
}

function writeArray(writing: Writing, items: readonly PlistValue[], indent: string): void {
  if (items.length === 0) {
    writing.text += `${indent}<array/>\n`;
    return;
  }
  const { trail } = writing;
  trail.enter(items);
  writing.text += `${indent}<array>\n`;
  const inner = `${indent}\t`;
  for (let index = 0; index < items.length; index++) {
    trail.step(index);
    writeValue(writing, items[index]!, inner);
  }
  writing.text += `${indent}</array>\n`;
  trail.leave(items);
}

function writeDictionary(writing: Writing, dictionary: PlistDictionary, indent: string): void {
  const keys = keysOf(dictionary, writing.options);
  if (keys.length === 0) {
    writing.text += `${indent}<dict/>\n`;
    return;
  }
  const { trail } = writing;
  trail.enter(dictionary);
  writing.text += `${indent}<dict>\n`;
  const inner = `${indent}\t`;
  for (const key of keys) {
    trail.step(key);
    writing.text += `${inner}<key>${escapeText(key, trail)}</key>\n`;
    writeValue(writing, dictionary[key]!, inner);
  }
  writing.text += `${indent}</dict>\n`;
  trail.leave(dictionary);
}

function writeData(writing: Writing, data: Uint8Array, indent: string): void {
  const columns = Math.max(MIN_DATA_COLUMNS, DATA_COLUMNS - indent.length * 8);
  const width = columns - (columns % 4);
  const base64 = encodeBase64(data);
  writing.text += `${indent}<data>\n`;
  for (let at = 0; at < base64.length; at += width) writing.text += `${indent}${base64.slice(at, at + width)}\n`;
  writing.text += `${indent}</data>\n`;
}
