import { berToDer } from "../der/ber-to-der.ts";
import { decodeOid } from "../der/oid.ts";
import { DerReader } from "../der/reader.ts";
import { contextTag, TAG } from "../der/tags.ts";
import { derExplicit, derOid, derSequence } from "../der/write.ts";
import { PkiError } from "../pki-error.ts";

/**
 * Opens a ContentInfo (RFC 5652 section 3) of the given type and parses its content. DER is read as it stands; what is
 * not DER is rewritten from BER first, so that only messages in BER pay for it.
 */
export function openContentInfo<T>(bytes: Uint8Array, type: string, parse: (content: DerReader) => T): T {
  try {
    return open(bytes, type, parse);
  } catch (error) {
    if (!(error instanceof PkiError && error.code.startsWith("der."))) throw error;
    return open(berToDer(bytes), type, parse);
  }
}

function open<T>(bytes: Uint8Array, type: string, parse: (content: DerReader) => T): T {
  const outer = new DerReader(bytes);
  const info = outer.enter(TAG.sequence);
  outer.finish();
  if (decodeOid(info.read(TAG.oid)) !== type) throw new PkiError("cms.type", "not the expected kind of CMS message");
  const wrapper = info.enter(contextTag(0));
  info.finish();
  const content = wrapper.enter(TAG.sequence);
  wrapper.finish();
  const parsed = parse(content);
  content.finish();
  return parsed;
}

export function derContentInfo(type: string, content: Uint8Array): Uint8Array {
  return derSequence(derOid(type), derExplicit(0, content));
}
