import { PkiError } from "../pki-error.ts";
import { contentOf, type DerElement } from "./element.ts";

/** DER has two of them (X.690 section 11.1); others take any octet but zero for true, so what is neither is refused. */
export function decodeBoolean(element: DerElement): boolean {
  const content = contentOf(element);
  if (content.length === 1 && content[0] === 0xff) return true;
  if (content.length === 1 && content[0] === 0) return false;
  throw new PkiError("der.boolean", "a BOOLEAN is neither true nor false");
}
