import { PlistError, type PlistErrorCode } from "../error.ts";
import type { XmlSource } from "./source.ts";

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;

/** Whether a code unit is one of XML's four white space characters. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;
}

/** The text without XML's white space around it; other kinds of space belong to the content. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** A cursor over an XML document: knows markup, not property lists. Every step moves forward, so the time is linear. */
export class XmlScanner {
  readonly text: string;
  at = 0;
  readonly #source: XmlSource;

  constructor(source: XmlSource) {
    this.text = source.text;
    this.#source = source;
  }

  fail(code: PlistErrorCode, message: string, at = this.at): never {
    throw new PlistError(code, message, this.#source.byteOffset(at));
  }

  skipSpace(): void {
    while (isSpace(this.text.charCodeAt(this.at))) this.at++;
  }

  /** Skips white space, comments and processing instructions, which may stand between any two elements. */
  skipFiller(): void {
    for (;;) {
      this.skipSpace();
      if (this.text.charCodeAt(this.at) !== LT) return;
      if (!this.skipComment()) return;
    }
  }

  /** Skips one comment or processing instruction that begins here; false when none does. */
  skipComment(): boolean {
    if (this.text.startsWith("<!--", this.at)) this.skipPast("-->", this.at + 4, "a comment");
    else if (this.text.startsWith("<?", this.at)) this.skipPast("?>", this.at + 2, "a processing instruction");
    else return false;
    return true;
  }

  /** Moves behind the next `end`, which must come at or after `from`. */
  skipPast(end: string, from: number, what: string): void {
    const found = this.text.indexOf(end, from);
    if (found < 0) this.fail("plist.syntax", `${what} that does not end`);
    this.at = found + end.length;
  }

  /** Moves behind what must stand here. */
  expect(wanted: string): void {
    if (!this.text.startsWith(wanted, this.at)) this.fail("plist.syntax", `expected ${wanted}`);
    this.at += wanted.length;
  }

  /** At `<`: moves behind an opening tag of that name; true when the tag is empty (`<dict/>`). Attributes say nothing here. */
  openTag(name: string): boolean {
    const { text } = this;
    let at = this.at + 1 + name.length;
    const next = text.charCodeAt(at);
    if (next === GT) {
      this.at = at + 1;
      return false;
    }
    if (next !== SLASH && !isSpace(next)) this.fail("plist.syntax", "an element that property lists do not have");
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === GT) break;
      if (code === SLASH && text.charCodeAt(at + 1) !== GT) this.fail("plist.syntax", "a slash inside a tag");
      if (code === LT) this.fail("plist.syntax", "a tag that does not end");
      if (code === 0x22 || code === 0x27) {
        at = text.indexOf(code === 0x22 ? '"' : "'", at + 1);
        if (at < 0) this.fail("plist.syntax", "an attribute that does not end");
      }
    }
    if (at >= text.length) this.fail("plist.syntax", "a tag that does not end");
    this.at = at + 1;
    return text.charCodeAt(at - 1) === SLASH;
  }

  /** Whether a closing tag begins here. */
  isAtClosing(): boolean {
    return this.text.charCodeAt(this.at) === LT && this.text.charCodeAt(this.at + 1) === SLASH;
  }

  /** Moves behind the closing tag of that name, which must begin here. */
  closeTag(name: string): void {
    const { text } = this;
    let at = this.at + 2;
    if (!this.isAtClosing() || !text.startsWith(name, at)) this.fail("plist.syntax", `expected </${name}>`);
    at += name.length;
    while (isSpace(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) !== GT) this.fail("plist.syntax", `expected </${name}>`);
    this.at = at + 1;
  }
}
