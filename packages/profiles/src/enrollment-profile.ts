import { ALL_RIGHTS, CAPABILITIES, type MdmTerms, refuseChangedTerms } from "./mdm-terms.ts";
import type { Payload } from "./profile.ts";
import { buildMobileconfig } from "./profile.ts";

export interface EnrollmentProfileSpec {
  /** Identifies this profile for as long as the enrollment lives; renewals repeat it. */
  readonly identifier: string;
  /** Of the MDM payload, where it is not the profile's with `.mdm`. */
  readonly mdmIdentifier?: string;
  /** One UUID per part, upper case. */
  readonly uuids: {
    readonly profile: string;
    readonly mdm: string;
    /** Of the payload that brings the identity, whichever method it is. */
    readonly identity: string;
    readonly roots: readonly string[];
    readonly intermediates: readonly string[];
  };
  readonly organization: string;
  readonly rootCertificates: readonly Uint8Array[];
  /** Issuers below the root that the Mac needs to build its own chain. */
  readonly intermediateCertificates: readonly Uint8Array[];
  readonly identity: ScepIdentity | AcmeIdentity;
  readonly mdm: Pick<MdmTerms, "serverUrl" | "checkInUrl" | "topic"> &
    Partial<Pick<MdmTerms, "accessRights" | "capabilities">>;
  /** The terms of the profile that this one replaces on a Mac; without it, it is a first one. */
  readonly replaces?: MdmTerms;
}

/** Short names and values in order: `[["O", "Acme"], ["CN", "..."]]`. What is issued comes from the server's record. */
type Subject = readonly (readonly [string, string])[];

export interface ScepIdentity {
  readonly method: "scep";
  readonly url: string;
  /** For one use. */
  readonly challenge: string;
  readonly subject: Subject;
  /** Digest of the certificate that GetCACert answers, so that nobody in between can put another there. */
  readonly caFingerprint: Uint8Array;
  readonly name: string;
}

export interface AcmeIdentity {
  readonly method: "acme";
  readonly directoryUrl: string;
  /** For one use. */
  readonly clientIdentifier: string;
  readonly subject: Subject;
}

/**
 * The profile that enrolls a Mac: our roots, an identity by SCEP or ACME, and the MDM payload that uses it (Apple: MDM payload).
 * Unsigned; the server signs it. @throws ChangedTerms when it replaces another whose terms it does not keep
 */
export function buildEnrollmentProfile(spec: EnrollmentProfileSpec): Uint8Array {
  if (spec.replaces !== undefined) refuseChangedTerms(spec.replaces, termsOf(spec.mdm));
  return buildMobileconfig({
    identifier: spec.identifier,
    uuid: spec.uuids.profile,
    displayName: `${spec.organization}: device management`,
    organization: spec.organization,
    description: `Lets ${spec.organization} manage this Mac.`,
    payloads: [
      ...certificates(spec, "com.apple.security.root", "root", spec.rootCertificates, spec.uuids.roots),
      ...certificates(
        spec,
        "com.apple.security.pkcs1",
        "issuer",
        spec.intermediateCertificates,
        spec.uuids.intermediates,
      ),
      spec.identity.method === "scep" ? scepPayload(spec, spec.identity) : acmePayload(spec, spec.identity),
      mdmPayload(spec),
    ],
  });
}

function certificates(
  spec: EnrollmentProfileSpec,
  type: string,
  word: string,
  ders: readonly Uint8Array[],
  uuids: readonly string[],
): readonly Payload[] {
  if (ders.length !== uuids.length) throw new RangeError("one payload UUID is needed for each certificate");
  return ders.map((der, index) => ({
    type,
    identifier: `${spec.identifier}.${word}.${index + 1}`,
    uuid: uuids[index]!,
    displayName: `${spec.organization} certificate authority`,
    content: { PayloadContent: der, PayloadCertificateFileName: `${word}-${index + 1}.cer` },
  }));
}

function scepPayload(spec: EnrollmentProfileSpec, scep: ScepIdentity): Payload {
  return {
    type: "com.apple.security.scep",
    identifier: `${spec.identifier}.scep`,
    uuid: spec.uuids.identity,
    displayName: "Identity of this Mac",
    content: {
      PayloadContent: {
        URL: scep.url,
        Name: scep.name,
        Challenge: scep.challenge,
        Subject: scep.subject.map(([type, value]) => [[type, value]]),
        // Without these Macs make keys of 1024 bits. Usage 5 is signing (1) and encipherment (4).
        Keysize: 2048,
        "Key Type": "RSA",
        "Key Usage": 5,
        CAFingerprint: scep.caFingerprint,
        Retries: 3,
        RetryDelay: 10,
        KeyIsExtractable: false,
        AllowAllAppsAccess: false,
      },
    },
  };
}

/**
 * A key of 384 bits that the Secure Enclave makes and keeps, attested by Apple (Apple: ACMECertificate; macOS 14, Apple silicon).
 */
function acmePayload(spec: EnrollmentProfileSpec, acme: AcmeIdentity): Payload {
  return {
    type: "com.apple.security.acme",
    identifier: `${spec.identifier}.acme`,
    uuid: spec.uuids.identity,
    displayName: "Identity of this Mac",
    content: {
      DirectoryURL: acme.directoryUrl,
      ClientIdentifier: acme.clientIdentifier,
      KeyType: "ECSECPrimeRandom",
      KeySize: 384,
      HardwareBound: true,
      Attest: true,
      Subject: acme.subject.map(([type, value]) => [[type, value]]),
      // A signature key alone: no client encrypts to it.
      UsageFlags: 1,
      ExtendedKeyUsage: ["1.3.6.1.5.5.7.3.2"],
      KeyIsExtractable: false,
      AllowAllAppsAccess: false,
    },
  };
}

const termsOf = (mdm: EnrollmentProfileSpec["mdm"]): MdmTerms => ({
  accessRights: ALL_RIGHTS,
  capabilities: CAPABILITIES,
  ...mdm,
});

function mdmPayload(spec: EnrollmentProfileSpec): Payload {
  const terms = termsOf(spec.mdm);
  return {
    type: "com.apple.mdm",
    identifier: spec.mdmIdentifier ?? `${spec.identifier}.mdm`,
    uuid: spec.uuids.mdm,
    displayName: "Device management",
    content: {
      ServerURL: terms.serverUrl,
      CheckInURL: terms.checkInUrl,
      Topic: terms.topic,
      IdentityCertificateUUID: spec.uuids.identity,
      SignMessage: true,
      CheckOutWhenRemoved: true,
      AccessRights: terms.accessRights,
      ServerCapabilities: terms.capabilities,
    },
  };
}
