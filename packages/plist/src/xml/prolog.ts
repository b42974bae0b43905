import { isSpace, type XmlScanner } from "./scanner.ts";

/** Moves from the start of the document behind `<plist ...>`, over the XML declaration and a DOCTYPE without declarations. */
export function readProlog(scanner: XmlScanner): void {
  scanner.skipFiller();
  if (scanner.text.startsWith("<!DOCTYPE", scanner.at)) {
    readDoctype(scanner);
    scanner.skipFiller();
  }
  if (scanner.text.startsWith("<!ENTITY", scanner.at)) scanner.fail("plist.entity", "an entity declaration");
  if (!scanner.text.startsWith("<plist", scanner.at)) scanner.fail("plist.syntax", "no <plist> here");
  if (scanner.openTag("plist")) scanner.fail("plist.syntax", "an empty <plist>");
}

/**
 * `<!DOCTYPE plist PUBLIC "..." "...">` and the older SYSTEM form. Nothing is ever fetched. An internal subset could
 * declare entities, and property lists need none: refused whatever it holds.
 */
function readDoctype(scanner: XmlScanner): void {
  scanner.expect("<!DOCTYPE");
  scanner.skipSpace();
  scanner.expect("plist");
  for (;;) {
    scanner.skipSpace();
    const { text, at } = scanner;
    const code = text.charCodeAt(at);
    if (code === 0x3e) {
      scanner.at++;
      return;
    }
    if (code === 0x5b) scanner.fail("plist.entity", "a DOCTYPE with declarations of its own");
    if (code === 0x22) scanner.skipPast('"', at + 1, "a DOCTYPE");
    else if (code === 0x27) scanner.skipPast("'", at + 1, "a DOCTYPE");
    else if (isSpace(text.charCodeAt(at - 1)) && text.startsWith("PUBLIC", at)) scanner.at += 6;
    else if (isSpace(text.charCodeAt(at - 1)) && text.startsWith("SYSTEM", at)) scanner.at += 6;
    else scanner.fail("plist.syntax", "a DOCTYPE that is not that of property lists");
  }
}
