import type { BuildTrail } from "../build-trail.ts";
import { FORBIDDEN } from "./source.ts";

const SPECIAL = /[&<>\r]/;

/** Escapes text content. Throws `plist.unsupported` for characters that XML cannot hold even as references. */
export function escapeText(text: string, trail: BuildTrail): string {
  if (FORBIDDEN.test(text)) {
    trail.fail("plist.unsupported", "a character that XML cannot hold: use data, or the binary format");
  }
  if (!SPECIAL.test(text)) return text;
  // A bare carriage return would be read back as a line feed.
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#13;");
}
