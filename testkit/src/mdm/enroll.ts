import { randomBytes, randomUUID } from "node:crypto";
import { type Certificate, encodePem } from "@pomona/pki";
import { type AttestKey, enrollByAcme } from "../acme/enroll-by-acme.ts";
import type { DeviceHttp } from "../network/device-http.ts";
import { openDeviceHttp } from "../network/device-http.ts";
import { type ConfigurationProfile, readProfile } from "../profiles/configuration-profile.ts";
import { checkPayloads } from "../profiles/installed-profiles.ts";
import { profileRefused } from "../profiles/profile-refused.ts";
import { type IdentityPayload, readEnrollment } from "./enrollment-profile.ts";
import type { EnrollmentState } from "./enrollment-state.ts";
import { makeEnclaveKey } from "./identity-key.ts";
import { enrollByScep, nameOf } from "./scep-enrollment.ts";

/** An enrollment before its first check-in. */
export interface PreparedEnrollment {
  readonly state: EnrollmentState;
  readonly profile: ConfigurationProfile;
  /** DER. */
  readonly certificate: Uint8Array;
}

/** Fetches `<invitation>/profile` as Safari would. Throws `Refused` for another answer than a profile. */
export async function fetchEnrollmentProfile(
  invitationUrl: string,
  roots: readonly string[],
  pool?: DeviceHttp,
): Promise<Uint8Array> {
  const http = pool ?? openDeviceHttp({ roots });
  try {
    const answer = await http.send({ method: "GET", url: `${invitationUrl.replace(/\/+$/, "")}/profile` });
    if (answer.status !== 200) throw profileRefused(`The enrollment portal answered ${answer.status}.`);
    const type = String(answer.headers["content-type"]);
    if (!type.startsWith("application/x-apple-aspen-config"))
      throw profileRefused(`The portal sent ${type}, not a profile.`);
    return answer.body;
  } finally {
    if (pool === undefined) http.close();
  }
}

/**
 * From the bytes of an enrollment profile to an identity certificate: verify, trust its roots, make a key, SCEP. A renewal keeps the
 * push token of `renewing`, and macOS holds it to the rules of Apple's MDM payload.
 */
export async function prepareEnrollment(options: {
  readonly bytes: Uint8Array;
  readonly roots: readonly string[];
  readonly makeKey: (bits: number) => Promise<string>;
  readonly renewing?: EnrollmentState;
  readonly pool?: DeviceHttp;
  /** What attests keys of this Mac; without it a profile with ACME is refused, as by a Mac that cannot. */
  readonly attest?: AttestKey;
}): Promise<PreparedEnrollment> {
  const { renewing } = options;
  const profile = readProfile(options.bytes);
  if (renewing === undefined && profile.signers.length === 0)
    throw profileRefused("The enrollment profile is not signed.", 1002);
  checkPayloads(profile, "MDM");
  const { mdm, identity, roots: brought } = readEnrollment(profile);
  if (renewing !== undefined) checkRenewal(renewing, mdm);
  const roots = [...new Set([...options.roots, ...brought.map((der) => encodePem("CERTIFICATE", der))])];
  const key = await makeKeyFor(identity, options.makeKey);
  const http = options.pool ?? openDeviceHttp({ roots });
  try {
    const certificate = await requestCertificate(http, identity, key, options.attest);
    const state: EnrollmentState = {
      mdm,
      profileIdentifier: profile.identifier,
      identity: { certificate: Buffer.from(certificate.raw).toString("base64"), key },
      pushToken: renewing?.pushToken ?? randomBytes(32).toString("hex"),
      pushMagic: renewing?.pushMagic ?? randomUUID().toUpperCase(),
      roots,
    };
    return { state, profile, certificate: certificate.raw };
  } finally {
    if (options.pool === undefined) http.close();
  }
}

const makeKeyFor = (identity: IdentityPayload, makeRsaKey: (bits: number) => Promise<string>): Promise<string> =>
  identity.method === "scep"
    ? makeRsaKey(identity.scep.keySize)
    : makeEnclaveKey(identity.acme.keySize === 256 ? 256 : 384);

function requestCertificate(
  http: DeviceHttp,
  identity: IdentityPayload,
  key: string,
  attest: AttestKey | undefined,
): Promise<Certificate> {
  if (identity.method === "scep") return enrollByScep(http, identity.scep, key);
  const { directoryUrl, clientIdentifier, subject } = identity.acme;
  if (attest === undefined || !identity.acme.attest)
    throw profileRefused("This Mac cannot attest its key.", 5001, "MDMACMEErrorDomain");
  return enrollByAcme(http, { directoryUrl, clientIdentifier, subject: nameOf(subject) }, key, attest);
}

/** What an update of the MDM payload may not change (Apple: MDM). */
function checkRenewal(old: EnrollmentState, mdm: EnrollmentState["mdm"]): void {
  const kept =
    mdm.topic === old.mdm.topic && mdm.serverUrl === old.mdm.serverUrl && mdm.checkInUrl === old.mdm.checkInUrl;
  const adds = (mdm.accessRights & ~old.mdm.accessRights) !== 0;
  if (!kept || adds) {
    throw profileRefused(
      "An updated MDM payload must keep Topic, ServerURL and CheckInURL, and add no access right.",
      1004,
    );
  }
}
