import type { XmlScanner } from "./scanner.ts";

/** What may stand inside `<plist>`. */
export type ElementName = "array" | "data" | "date" | "dict" | "false" | "integer" | "key" | "real" | "string" | "true";

/** Which element opens here. The first letters decide, so that nothing is cut out or looked up for each tag. */
export function elementAt(scanner: XmlScanner): ElementName {
  const { text, at } = scanner;
  const name = text.charCodeAt(at) === 0x3c ? guess(text, at + 1) : undefined;
  if (name !== undefined && text.startsWith(name, at + 1)) return name;
  if (at >= text.length) scanner.fail("plist.syntax", "the document ends too early");
  if (text.startsWith("<!ENTITY", at)) scanner.fail("plist.entity", "an entity declaration");
  return scanner.fail("plist.syntax", "expected an element that property lists have");
}

function guess(text: string, at: number): ElementName | undefined {
  switch (text.charCodeAt(at)) {
    case 0x61:
      return "array";
    case 0x64:
      if (text.charCodeAt(at + 1) === 0x69) return "dict";
      return text.charCodeAt(at + 3) === 0x61 ? "data" : "date";
    case 0x66:
      return "false";
    case 0x69:
      return "integer";
    case 0x6b:
      return "key";
    case 0x72:
      return "real";
    case 0x73:
      return "string";
    case 0x74:
      return "true";
    default:
      return undefined;
  }
}
