import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { TenantId } from "@pomona/facts";
import { createCertificateRequest, parseSignedData } from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";
import { getArray, getString, isDictionary, parsePlist } from "@pomona/plist";
import {
  type AcmeAnswer,
  AcmeClient,
  type AttestationAuthority,
  type AttestedProperties,
  attestationObject,
  freshnessOfToken,
  openAttestationAuthority,
  openDeviceHttp,
} from "@pomona/testkit";
import { deviceRig } from "../../../adapters/device-door/testing/device-rig.ts";

const crypto = nodeCrypto();

/** What a profile with ACME gives a Mac. */
export interface Offer {
  readonly directoryUrl: string;
  readonly clientIdentifier: string;
  readonly topic: string;
  readonly serialNumber: string;
}

/** A key as a Secure Enclave holds it. */
export interface EnclaveKey {
  readonly key: ReturnType<typeof privateKeyFromPem>;
  readonly spki: Uint8Array;
}

export function enclaveKey(curve: "P-256" | "P-384" = "P-384"): EnclaveKey {
  return handleOf(generateKeyPairSync("ec", { namedCurve: curve }).privateKey);
}

const handleOf = (made: KeyObject): EnclaveKey => {
  const key = privateKeyFromPem(made.export({ type: "pkcs8", format: "pem" }).toString());
  return { key, spki: crypto.publicKeyOf(key) };
};

/** An order in its first state. */
export interface OpenOrder {
  readonly url: string;
  readonly finalize: string;
  readonly challenge: string;
  readonly token: string;
}

/** The server's Apple side with ACME, an authority that plays Apple's, and what a Mac does step by step. */
export async function acmeRig(options: { readonly withRoots?: boolean } = {}) {
  const apple = openAttestationAuthority();
  const rig = await deviceRig(options.withRoots === false ? {} : { attestationRoots: apple.rootPem });
  const tenant = await rig.newTenant("Orchard");
  const http = openDeviceHttp({ roots: [] });

  const offerFrom = async (invitation: string, serialNumber: string): Promise<Offer> => {
    const answer = await rig.portal(`${invitation}/profile`);
    if (answer.status !== 200) throw new Error(`the portal answered ${answer.status}`);
    return readOffer(answer.body as Uint8Array, serialNumber);
  };
  const readOffer = (signed: Uint8Array, serialNumber: string): Offer => {
    const profile = parsePlist(parseSignedData(signed).content!);
    const payloads = (isDictionary(profile) ? (getArray(profile, "PayloadContent") ?? []) : []).filter(isDictionary);
    const of = (type: string) => payloads.find((payload) => getString(payload, "PayloadType") === type);
    const acme = of("com.apple.security.acme");
    if (acme === undefined) throw new Error("the profile has no ACME payload");
    return {
      directoryUrl: getString(acme, "DirectoryURL")!,
      clientIdentifier: getString(acme, "ClientIdentifier")!,
      topic: getString(of("com.apple.mdm")!, "Topic")!,
      serialNumber,
    };
  };
  const offer = async (serialNumber: string, tenantId: TenantId = tenant): Promise<Offer> =>
    offerFrom(await rig.invite(tenantId, { serialNumber, identity: "acme" }), serialNumber);
  const client = async (directoryUrl: string, key?: KeyObject): Promise<AcmeClient> => {
    const made = new AcmeClient(http, directoryUrl, key);
    await made.newAccount();
    return made;
  };
  const order = async (by: AcmeClient, identifier: string): Promise<OpenOrder> => {
    const made = await by.newOrder(identifier);
    if (made.status !== 201) throw new Error(`newOrder was answered ${made.status} ${made.problem}`);
    const authorization = await by.post((made.json["authorizations"] as string[])[0]!, "");
    const [challenge] = authorization.json["challenges"] as { url: string; token: string }[];
    return {
      url: String(made.headers["location"]),
      finalize: String(made.json["finalize"]),
      challenge: challenge!.url,
      token: challenge!.token,
    };
  };
  /** Answers a challenge with what `from` attests. */
  const attest = (
    by: AcmeClient,
    open: OpenOrder,
    key: EnclaveKey,
    properties: AttestedProperties,
    from: AttestationAuthority = apple,
  ): Promise<AcmeAnswer> => {
    const freshness = freshnessOfToken(open.token);
    const chain = from.attest({ spki: key.spki, properties: { freshness, ...properties } });
    return answer(by, open, attestationObject(chain));
  };
  const answer = (by: AcmeClient, open: OpenOrder, object: Uint8Array): Promise<AcmeAnswer> =>
    by.post(open.challenge, { attObj: Buffer.from(object).toString("base64url") });
  const finalize = (by: AcmeClient, open: OpenOrder, key: EnclaveKey, names: CsrNames = {}): Promise<AcmeAnswer> =>
    by.post(open.finalize, { csr: csrOf(key, names).toString("base64url") });

  return {
    ...rig,
    apple,
    tenant,
    http,
    offer,
    offerFrom,
    readOffer,
    client,
    order,
    attest,
    answer,
    finalize,
    /** Up to an order that only has to be finalized. */
    ready: async (serialNumber: string) => {
      const made = await offer(serialNumber);
      const by = await client(made.directoryUrl);
      const open = await order(by, made.clientIdentifier);
      const key = enclaveKey();
      await attest(by, open, key, { serialNumber });
      return { offer: made, by, open, key };
    },
    [Symbol.asyncDispose]: async () => {
      http.close();
      await rig[Symbol.asyncDispose]();
    },
  };
}
export type AcmeRig = Awaited<ReturnType<typeof acmeRig>>;

interface CsrNames {
  readonly sanDns?: readonly string[];
  readonly sanUri?: readonly string[];
  readonly cn?: string;
}

export const csrOf = (key: EnclaveKey, { cn = "whatever the Mac wishes", ...names }: CsrNames = {}): Buffer =>
  Buffer.from(createCertificateRequest(crypto, key.key, { subject: { CN: cn }, ...names }));
