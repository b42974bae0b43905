import type { Certificate } from "@pomona/pki";

const ARC = "1.2.840.113635.100.8";

/** The extensions of an attestation's leaf (Apple: validating a managed device attestation). */
export const ATTESTATION_OID = {
  serialNumber: `${ARC}.9.1`,
  provisioningUdid: `${ARC}.9.2`,
  softwareUpdateDeviceId: `${ARC}.9.4`,
  osVersion: `${ARC}.10.1`,
  sepOsVersion: `${ARC}.10.2`,
  llbVersion: `${ARC}.10.3`,
  freshness: `${ARC}.11.1`,
  systemIntegrityProtection: `${ARC}.13.1`,
  secureBoot: `${ARC}.13.2`,
  thirdPartyKexts: `${ARC}.13.3`,
} as const;

/** What Apple says of a Mac. null: absent (Apple could not tell, or macOS is too old), or not in a form that we know. */
export interface AttestedClaims {
  readonly serialNumber: string | null;
  /** On a Mac the ProvisioningUDID: never the UDID of MDM, and never compared with it. */
  readonly provisioningUdid: string | null;
  readonly softwareUpdateDeviceId: string | null;
  readonly osVersion: string | null;
  readonly sepOsVersion: string | null;
  readonly llbVersion: string | null;
  readonly systemIntegrityProtection: boolean | null;
  /** Apple's words: `Full Security`, `Reduced Security`, `Permissive Security`. */
  readonly secureBoot: string | null;
  readonly thirdPartyKextsAllowed: boolean | null;
}

/** Longest text that is kept of a claim. */
const MOST_TEXT = 128;

/** The claims of a leaf; they mean something only after its chain was verified. */
export function readClaims(leaf: Certificate): AttestedClaims {
  const value = (oid: string) => leaf.extensions.find((extension) => extension.oid === oid)?.value;
  const sip = numberOf(value(ATTESTATION_OID.systemIntegrityProtection));
  const kexts = numberOf(value(ATTESTATION_OID.thirdPartyKexts));
  return {
    serialNumber: rawText(value(ATTESTATION_OID.serialNumber)),
    provisioningUdid: rawText(value(ATTESTATION_OID.provisioningUdid)),
    softwareUpdateDeviceId: text(value(ATTESTATION_OID.softwareUpdateDeviceId)),
    osVersion: text(value(ATTESTATION_OID.osVersion)),
    sepOsVersion: text(value(ATTESTATION_OID.sepOsVersion)),
    llbVersion: text(value(ATTESTATION_OID.llbVersion)),
    // 0 is on, and what is not 0 is not on.
    systemIntegrityProtection: sip === null ? null : sip === 0,
    secureBoot: text(value(ATTESTATION_OID.secureBoot)),
    thirdPartyKextsAllowed: kexts === null ? null : kexts !== 0,
  };
}

/** The freshness code of a leaf: raw bytes. undefined: it has none. */
export const freshnessOf = (leaf: Certificate): Uint8Array | undefined =>
  leaf.extensions.find((extension) => extension.oid === ATTESTATION_OID.freshness)?.value;

/** Identifiers stand as raw ASCII, without DER inside. */
function rawText(value: Uint8Array | undefined): string | null {
  if (value === undefined || value.length === 0 || value.length > MOST_TEXT) return null;
  return value.every((octet) => octet >= 0x20 && octet <= 0x7e) ? Buffer.from(value).toString("latin1") : null;
}

/** UTF8String, PrintableString, IA5String: a tag that is no printable character, so raw text is never taken for one. */
const STRING_TAGS: readonly number[] = [0x0c, 0x13, 0x16];

/** As raw ASCII or as a DER string: published descriptions differ, and nothing is decided by these. */
function text(value: Uint8Array | undefined): string | null {
  if (value !== undefined && STRING_TAGS.includes(value[0] ?? 0) && value[1] === value.length - 2)
    return rawText(value.subarray(2));
  return rawText(value);
}

/** A number as an ASCII digit, a DER INTEGER of one octet or a bare octet; null for anything else: never a guess. */
function numberOf(value: Uint8Array | undefined): number | null {
  if (value === undefined) return null;
  if (value.length === 3 && value[0] === 0x02 && value[1] === 1) return value[2]!;
  if (value.length !== 1) return null;
  const [octet] = value;
  if (octet! >= 0x30 && octet! <= 0x39) return octet! - 0x30;
  return octet! <= 9 ? octet! : null;
}
