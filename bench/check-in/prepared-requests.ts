import { createSignedData, parseCertificate } from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";
import { buildXmlPlist, type PlistDictionary } from "@pomona/plist";
import { commandUuid, type EnrolledMac } from "./enroll-fleet.ts";

const crypto = nodeCrypto();

/** Requests of a fleet as bytes, signed before anything is measured. */
export interface PreparedRequests {
  /** One per Mac. */
  readonly idle: readonly Uint8Array[];
  /** Per Mac: the answer to its first command, its second and so on. */
  readonly acknowledgements: readonly (readonly Uint8Array[])[];
}

/** How requests say whose they are: by their own signature, by a proxy's header (RFC 9440), or not at all. */
export type ProofKind = "signature" | "header" | "none";

/** @param perMac how many acknowledgements of the Mac at an index are made */
export function prepareRequests(
  macs: readonly EnrolledMac[],
  proof: ProofKind,
  perMac: (mac: number) => number,
): PreparedRequests {
  const bytes =
    proof === "signature"
      ? signedRequests(macs)
      : macs.map(({ state: { identity } }) => {
          const header = proof === "header" ? [`Client-Cert: :${identity.certificate}:`] : [];
          return (message: PlistDictionary) => toRequest(body(message), header);
        });
  return {
    idle: macs.map(({ udid }, index) => bytes[index]!({ Status: "Idle", UDID: udid })),
    acknowledgements: macs.map(({ udid }, mac) =>
      Array.from({ length: perMac(mac) }, (_, number) =>
        bytes[mac]!({ CommandUUID: commandUuid(mac, number), Status: "Acknowledged", UDID: udid }),
      ),
    ),
  };
}

const body = (message: PlistDictionary): Buffer => Buffer.from(buildXmlPlist(message));

function signedRequests(macs: readonly EnrolledMac[]): ((message: PlistDictionary) => Uint8Array)[] {
  // One moment for all: what a Mac says later must not claim an earlier time.
  const signingTime = Date.now();
  return macs.map(({ state: { identity } }) => {
    const signer = {
      certificate: parseCertificate(Buffer.from(identity.certificate, "base64")),
      key: privateKeyFromPem(identity.key),
    };
    return (message) => {
      const content = body(message);
      const signature = createSignedData(crypto, { content, detached: true, signer, signingTime });
      return toRequest(content, [`Mdm-Signature: ${Buffer.from(signature).toString("base64")}`]);
    };
  });
}

/** A request as macOS sends it, with the headers that say whose it is. */
export function toRequest(content: Uint8Array, proof: readonly string[] = []): Uint8Array {
  const head = [
    "PUT /mdm HTTP/1.1",
    "Host: localhost",
    "User-Agent: MDM-OSX/1.0 mdmclient/1545",
    "Content-Type: application/x-apple-aspen-mdm; charset=UTF-8",
    `Content-Length: ${content.length}`,
    ...proof,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), content]);
}
