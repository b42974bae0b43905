import { createHash } from "node:crypto";
import { encodePem, issueCertificate, parseCertificate } from "@pomona/pki";
import { generateKeyPair, nodeCrypto } from "@pomona/pki/node";

const DAY_MS = 86_400_000;
const ARC = "1.2.840.113635.100.8";

/** What a Mac's Secure Enclave and macOS tell Apple; what is left out is left out of the leaf. */
export interface AttestedProperties {
  readonly serialNumber?: string;
  readonly provisioningUdid?: string;
  readonly softwareUpdateDeviceId?: string;
  readonly osVersion?: string;
  readonly sepOsVersion?: string;
  readonly llbVersion?: string;
  /** Raw: SHA-256 of an ACME token, or a DeviceAttestationNonce. */
  readonly freshness?: Uint8Array;
  /** As Apple writes it: "0" is on. */
  readonly systemIntegrityProtection?: string;
  readonly secureBoot?: string;
  readonly thirdPartyKexts?: string;
}

export interface AttestationRequest {
  /** The key that is attested, as SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  readonly properties: AttestedProperties;
  /** ms; default: a day back and a year on. */
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** Stands for Apple's attestation servers: a root that a server can be told to trust, and leaves below it. */
export interface AttestationAuthority {
  readonly rootPem: string;
  readonly rootDer: Uint8Array;
  readonly intermediateDer: Uint8Array;
  /** @returns DER, the leaf first, then the intermediate; the root is not sent, as Apple's is not */
  attest(request: AttestationRequest): readonly Uint8Array[];
}

const OIDS: Readonly<Record<keyof AttestedProperties, string>> = {
  serialNumber: "9.1",
  provisioningUdid: "9.2",
  softwareUpdateDeviceId: "9.4",
  osVersion: "10.1",
  sepOsVersion: "10.2",
  llbVersion: "10.3",
  freshness: "11.1",
  systemIntegrityProtection: "13.1",
  secureBoot: "13.2",
  thirdPartyKexts: "13.3",
};

/** A new authority with keys of its own, EC P-384 as Apple's. */
export function openAttestationAuthority(name = "Test Enterprise Attestation"): AttestationAuthority {
  const crypto = nodeCrypto();
  const rootKey = generateKeyPair("ec-p384");
  const subKey = generateKeyPair("ec-p384");
  const now = Date.now();
  const validity = { notBefore: now - 30 * DAY_MS, notAfter: now + 3650 * DAY_MS };
  const rootDer = issueCertificate(crypto, {
    issuer: { certificate: "self", key: rootKey },
    subject: { O: "Test", CN: `${name} Root CA` },
    spki: crypto.publicKeyOf(rootKey),
    ...validity,
    extensions: { ca: {}, keyUsage: ["keyCertSign", "cRLSign"] },
  });
  const intermediateDer = issueCertificate(crypto, {
    issuer: { certificate: parseCertificate(rootDer), key: rootKey },
    subject: { O: "Test", CN: `${name} Sub CA 1` },
    spki: crypto.publicKeyOf(subKey),
    ...validity,
    extensions: { ca: { pathLength: 0 }, keyUsage: ["keyCertSign", "cRLSign"] },
  });
  const issuer = { certificate: parseCertificate(intermediateDer), key: subKey };
  return {
    rootPem: encodePem("CERTIFICATE", rootDer),
    rootDer,
    intermediateDer,
    attest: ({ spki, properties, notBefore = Date.now() - DAY_MS, notAfter = Date.now() + 365 * DAY_MS }) => {
      const leaf = issueCertificate(crypto, {
        issuer,
        subject: { O: "Test", CN: createHash("sha256").update(spki).digest("hex") },
        spki,
        notBefore,
        notAfter,
        extensions: { keyUsage: ["digitalSignature"], other: extensionsOf(properties) },
      });
      return [leaf, intermediateDer];
    },
  };
}

/** Raw bytes in the extension, without DER inside, as Apple writes them. */
const extensionsOf = (properties: AttestedProperties) =>
  (Object.keys(OIDS) as (keyof AttestedProperties)[]).flatMap((key) => {
    const value = properties[key];
    if (value === undefined) return [];
    return [{ oid: `${ARC}.${OIDS[key]}`, value: typeof value === "string" ? Buffer.from(value, "latin1") : value }];
  });
