import { randomUUID } from "node:crypto";
import { createSignedData } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import { buildXmlPlist, type PlistDictionary } from "@pomona/plist";
import type { TestCa } from "./test-ca.ts";

export const TOPIC = "com.apple.mgmt.External.6a3b7d2e-0000-4000-8000-000000000001";

/** A payload of a profile with the keys that every payload has. */
export const payload = (type: string, content: PlistDictionary, uuid: string = randomUUID()): PlistDictionary => ({
  PayloadType: type,
  PayloadIdentifier: `test.${type}`,
  PayloadUUID: uuid,
  PayloadVersion: 1,
  ...content,
});

/** A profile around payloads, unsigned. */
export const mobileconfig = (identifier: string, payloads: readonly PlistDictionary[]): Buffer =>
  Buffer.from(
    buildXmlPlist({
      PayloadType: "Configuration",
      PayloadIdentifier: identifier,
      PayloadUUID: randomUUID(),
      PayloadVersion: 1,
      PayloadDisplayName: identifier,
      PayloadContent: [...payloads],
    }),
  );

/** An enrollment profile for a server, signed by the test's CA. */
export function enrollmentMobileconfig(
  ca: TestCa,
  serverUrl: string,
  challenge: string,
  changes: PlistDictionary = {},
): Buffer {
  const identityUuid = randomUUID();
  const bytes = mobileconfig("test.enrollment", [
    payload("com.apple.security.root", { PayloadContent: ca.signer.certificate.raw }),
    payload(
      "com.apple.security.scep",
      {
        PayloadContent: {
          URL: `${serverUrl}/scep`,
          Challenge: challenge,
          Subject: [[["O", "Test"]], [["CN", "a Mac"]]],
          Keysize: 2048,
          "Key Type": "RSA",
          "Key Usage": 5,
        },
      },
      identityUuid,
    ),
    payload("com.apple.mdm", {
      ServerURL: `${serverUrl}/mdm`,
      CheckInURL: `${serverUrl}/checkin`,
      Topic: TOPIC,
      IdentityCertificateUUID: identityUuid,
      SignMessage: true,
      CheckOutWhenRemoved: true,
      AccessRights: 8191,
      ServerCapabilities: ["com.apple.mdm.per-user-connections", "com.apple.mdm.bootstraptoken", "com.apple.mdm.token"],
      ...changes,
    }),
  ]);
  return Buffer.from(createSignedData(nodeCrypto(), { content: bytes, signer: ca.signer, signingTime: Date.now() }));
}
