import { parseSignedAttributes } from "../cms/signed-attributes.ts";
import type { CmsAttribute, SignerInfo } from "../cms/signed-data.ts";
import { contentOf, type DerElement } from "../der/element.ts";
import { DerReader } from "../der/reader.ts";
import { TAG } from "../der/tags.ts";
import { decodeText, derAsciiString } from "../der/text.ts";
import { derOctetString } from "../der/write.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import type { ScepFailInfo, ScepMessageType } from "./messages.ts";

const messageTypes: Readonly<Record<ScepMessageType, string>> = {
  CertRep: "3",
  RenewalReq: "17",
  PKCSReq: "19",
  CertPoll: "20",
  GetCert: "21",
  GetCRL: "22",
};

const failInfos: readonly ScepFailInfo[] = ["badAlg", "badMessageCheck", "badRequest", "badTime", "badCertID"];

/** The SCEP attributes of a message (RFC 8894 section 3.2.1) as they came. */
export interface ScepAttributes {
  readonly messageType: ScepMessageType;
  readonly transactionId: string;
  readonly senderNonce: Uint8Array | undefined;
  readonly recipientNonce: Uint8Array | undefined;
  readonly pkiStatus: string | undefined;
  readonly failInfo: ScepFailInfo | undefined;
}

/** What `encodeScepAttributes` writes. */
export type ScepAttributesSpec = Pick<ScepAttributes, "messageType" | "transactionId"> & Partial<ScepAttributes>;

/** Reads the attributes of a signer. Throws PkiError `scep.attribute` when one is missing or malformed. */
export function readScepAttributes(signer: SignerInfo): ScepAttributes {
  const attributes = signer.signedAttributes ? parseSignedAttributes(signer.signedAttributes) : [];
  const messageType = required(text(attributes, OID.scepMessageType), "messageType");
  const known = (Object.keys(messageTypes) as ScepMessageType[]).find((name) => messageTypes[name] === messageType);
  const transactionId = required(text(attributes, OID.scepTransactionId), "transactionID");
  // It is echoed as a PrintableString and appears in logs.
  if (!/^[\x20-\x7e]{1,255}$/.test(transactionId)) throw new PkiError("scep.attribute", "malformed transactionID");
  const failInfo = text(attributes, OID.scepFailInfo);
  return {
    messageType: required(known, "messageType"),
    transactionId,
    senderNonce: nonce(attributes, OID.scepSenderNonce),
    recipientNonce: nonce(attributes, OID.scepRecipientNonce),
    pkiStatus: text(attributes, OID.scepPkiStatus),
    failInfo: failInfo === undefined ? undefined : failInfos[Number(failInfo)],
  };
}

/** The attributes of a message to be signed: numbers and ids as PrintableString, nonces as OCTET STRING. */
export function encodeScepAttributes(spec: ScepAttributesSpec): readonly CmsAttribute[] {
  const printable = (oid: string, value: string | undefined): CmsAttribute[] =>
    value === undefined ? [] : [{ oid, values: [derAsciiString(TAG.printableString, value)] }];
  const octets = (oid: string, value: Uint8Array | undefined): CmsAttribute[] =>
    value === undefined ? [] : [{ oid, values: [derOctetString(value)] }];
  return [
    ...printable(OID.scepMessageType, messageTypes[spec.messageType]),
    ...printable(OID.scepTransactionId, spec.transactionId),
    ...printable(OID.scepPkiStatus, spec.pkiStatus),
    ...printable(OID.scepFailInfo, spec.failInfo && String(failInfos.indexOf(spec.failInfo))),
    ...octets(OID.scepSenderNonce, spec.senderNonce),
    ...octets(OID.scepRecipientNonce, spec.recipientNonce),
  ];
}

export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new PkiError("scep.attribute", `the SCEP message has no usable ${name}`);
  return value;
}

function single(attributes: readonly CmsAttribute[], oid: string): DerElement | undefined {
  const [found, ...others] = attributes.filter((attribute) => attribute.oid === oid);
  if (found === undefined) return undefined;
  const [value] = found.values;
  if (others.length > 0 || found.values.length !== 1 || value === undefined) {
    throw new PkiError("scep.attribute", `SCEP attribute ${oid} must have one value`);
  }
  return new DerReader(value).read();
}

function text(attributes: readonly CmsAttribute[], oid: string): string | undefined {
  const value = single(attributes, oid);
  return value && decodeText(value);
}

function nonce(attributes: readonly CmsAttribute[], oid: string): Uint8Array | undefined {
  const value = single(attributes, oid);
  if (value === undefined) return undefined;
  const octets = contentOf(value);
  // 16 by the RFC; other lengths are met, and only have to be echoed.
  if (value.tag !== TAG.octetString || octets.length === 0 || octets.length > 64)
    throw new PkiError("scep.attribute", "malformed nonce");
  return octets;
}
