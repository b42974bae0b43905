import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { encodePem, issueCertificate } from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";
import { buildXmlPlist } from "@pomona/plist";
import { type Child, startChild } from "../processes/child.ts";
import type { EnrolledMac } from "./enroll-fleet.ts";
import { toRequest } from "./prepared-requests.ts";

/** A bare server in a process of its own, and the request that it answers. */
export interface Reference {
  readonly process: Child;
  readonly port: number;
  readonly request: Uint8Array;
  /** PEM of its own root, with TLS. */
  readonly ca: string;
}

/** Starts bare node:http or node:https that does for an idle poll of this Mac what nobody can leave out: one RSA verification, unless TLS did it. */
export async function startReference(
  mac: EnrolledMac,
  does: { readonly tls: boolean; readonly signature: boolean },
): Promise<Reference> {
  const child = startChild(new URL("../processes/reference-process.ts", import.meta.url));
  const content = Buffer.from(buildXmlPlist({ Status: "Idle", UDID: mac.udid }));
  const key = createPrivateKey(mac.state.identity.key);
  const signature = sign("sha256", content, key);
  const tls = selfSigned();
  const { port } = await child.ask({
    ask: "refer",
    ...(does.tls ? { tls } : {}),
    ...(does.signature
      ? { check: { publicKey: createPublicKey(key).export({ type: "spki", format: "pem" }).toString(), signature } }
      : {}),
  });
  // The header is as long as the real one, for it costs the parser the same.
  const header = does.signature ? [`Mdm-Signature: ${"A".repeat(HEADER_LENGTH)}`] : [];
  return { process: child, port, request: toRequest(content, header), ca: tls.certificate };
}

/** Base64 of a CMS with one certificate. */
const HEADER_LENGTH = 2000;

/** A P-256 certificate for localhost, as the server's own. */
export function selfSigned(): { key: string; certificate: string; ca: string } {
  const crypto = nodeCrypto();
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const key = privateKeyFromPem(pem);
  const now = Date.now();
  const der = issueCertificate(crypto, {
    issuer: { certificate: "self", key },
    subject: { CN: "localhost" },
    spki: crypto.publicKeyOf(key),
    notBefore: now - 86_400_000,
    notAfter: now + 86_400_000,
    extensions: { ca: {}, sanDns: ["localhost"] },
  });
  const certificate = encodePem("CERTIFICATE", der);
  return { key: pem, certificate, ca: certificate };
}
