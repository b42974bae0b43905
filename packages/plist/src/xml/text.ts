import type { XmlScanner } from "./scanner.ts";

const NAMED: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);
/** The longest reference is &#x10FFFF; but leading zeros are legal, within reason. */
const LONGEST_REFERENCE = 16;

/** Behind an opening tag: reads the text up to the closing tag of that name and moves behind it. White space is kept. */
export function readText(scanner: XmlScanner, name: string): string {
  const { text } = scanner;
  const start = scanner.at;
  let end = text.indexOf("<", start);
  if (end < 0) scanner.fail("plist.syntax", `a <${name}> that does not end`);
  scanner.at = end;
  if (text.charCodeAt(end + 1) === 0x2f) {
    scanner.closeTag(name);
    return decodeText(scanner, start, end);
  }
  let all = decodeText(scanner, start, end);
  while (!scanner.isAtClosing()) {
    const from = scanner.at;
    if (text.startsWith("<![CDATA[", from)) {
      scanner.skipPast("]]>", from + 9, "a CDATA section");
      all += normaliseLines(text.slice(from + 9, scanner.at - 3));
    } else if (!scanner.skipComment()) {
      scanner.fail("plist.syntax", `an element inside <${name}>`);
    }
    end = text.indexOf("<", scanner.at);
    if (end < 0) scanner.fail("plist.syntax", `a <${name}> that does not end`);
    all += decodeText(scanner, scanner.at, end);
    scanner.at = end;
  }
  scanner.closeTag(name);
  return all;
}

function decodeText(scanner: XmlScanner, start: number, end: number): string {
  const raw = normaliseLines(scanner.text.slice(start, end));
  let mark = raw.indexOf("&");
  if (mark < 0) return raw;
  let decoded = "";
  let done = 0;
  while (mark >= 0) {
    const stop = raw.slice(mark, mark + LONGEST_REFERENCE).indexOf(";");
    const character = stop < 0 ? undefined : referenced(raw.slice(mark + 1, mark + stop));
    // The offset is that of the text, since line ends may have been normalised before it.
    if (character === undefined) scanner.fail("plist.entity", "an entity that is not one of XML's own", start);
    decoded += raw.slice(done, mark) + character;
    done = mark + stop + 1;
    mark = raw.indexOf("&", done);
  }
  return decoded + raw.slice(done);
}

/** XML 1.0 section 2.11: a reader sees every line end as one line feed; a real carriage return is written `&#13;`. */
function normaliseLines(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

function referenced(name: string): string | undefined {
  if (name.charCodeAt(0) !== 0x23) return NAMED.get(name);
  const isHex = name.charCodeAt(1) === 0x78;
  const digits = name.slice(isHex ? 2 : 1);
  if (!(isHex ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/).test(digits)) return undefined;
  const point = Number.parseInt(digits, isHex ? 16 : 10);
  return isCharacter(point) ? String.fromCodePoint(point) : undefined;
}

/** XML 1.0 section 2.2, production Char. */
function isCharacter(point: number): boolean {
  if (point < 0x20) return point === 0x09 || point === 0x0a || point === 0x0d;
  if (point <= 0xd7ff) return true;
  return (point >= 0xe000 && point <= 0xfffd) || (point >= 0x10000 && point <= 0x10ffff);
}
