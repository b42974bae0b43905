import { contentOf } from "../der/element.ts";
import { readDer } from "../der/read-der.ts";
import { contextPrimitiveTag, TAG } from "../der/tags.ts";
import { decodeAscii, encodeAscii } from "../der/text.ts";
import { derElement, derSequence } from "../der/write.ts";
import type { AlternativeNames } from "./certificate.ts";
import { formatIpAddress, parseIpAddress } from "./ip-address.ts";

export const noAlternativeNames: AlternativeNames = { sanDns: [], sanUri: [], sanEmail: [], sanIp: [] };

/** GeneralName tags (RFC 5280 section 4.2.1.6). */
const tags = {
  sanEmail: contextPrimitiveTag(1),
  sanDns: contextPrimitiveTag(2),
  sanUri: contextPrimitiveTag(6),
  sanIp: contextPrimitiveTag(7),
};

/** GeneralNames by kind; kinds that are not text or IP (directory and other names) are left out. */
export function parseAlternativeNames(der: Uint8Array): AlternativeNames {
  const names = { sanDns: [] as string[], sanUri: [] as string[], sanEmail: [] as string[], sanIp: [] as string[] };
  const outer = readDer(der);
  const reader = outer.enter(TAG.sequence);
  outer.finish();
  while (!reader.isDone) {
    const element = reader.read();
    if (element.tag === tags.sanDns) names.sanDns.push(decodeAscii(contentOf(element)));
    else if (element.tag === tags.sanUri) names.sanUri.push(decodeAscii(contentOf(element)));
    else if (element.tag === tags.sanEmail) names.sanEmail.push(decodeAscii(contentOf(element)));
    else if (element.tag === tags.sanIp) names.sanIp.push(formatIpAddress(contentOf(element)));
  }
  return names;
}

/** GeneralNames of what is given, undefined when there is none. */
export function encodeAlternativeNames(names: Partial<AlternativeNames>): Uint8Array | undefined {
  const encoded = [
    ...(names.sanDns ?? []).map((name) => derElement(tags.sanDns, encodeAscii(name))),
    ...(names.sanUri ?? []).map((name) => derElement(tags.sanUri, encodeAscii(name))),
    ...(names.sanEmail ?? []).map((name) => derElement(tags.sanEmail, encodeAscii(name))),
    ...(names.sanIp ?? []).map((name) => derElement(tags.sanIp, parseIpAddress(name))),
  ];
  return encoded.length === 0 ? undefined : derSequence(...encoded);
}
