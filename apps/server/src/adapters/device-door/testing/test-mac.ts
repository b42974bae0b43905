import { randomUUID } from "node:crypto";
import { type RequestOptions, request } from "node:http";
import {
  buildPkcsReq,
  buildRenewalReq,
  type Certificate,
  createCertificateRequest,
  createSignedData,
  issueCertificate,
  type PrivateKeyHandle,
  parseCertificate,
  parseCertRep,
  parseSignedData,
  type ScepReply,
} from "@pomona/pki";
import { generateKeyPair, nodeCrypto } from "@pomona/pki/node";
import {
  buildXmlPlist,
  getArray,
  getDictionary,
  getString,
  isDictionary,
  type PlistDictionary,
  parsePlist,
} from "@pomona/plist";

const crypto = nodeCrypto();
/** RSA keys are dear; tests that do not look at the key share these. */
const spareKeys: PrivateKeyHandle[] = [];
let nextKey = 0;
const someKey = (): PrivateKeyHandle => {
  const at = nextKey++ % 6;
  return (spareKeys[at] ??= generateKeyPair("rsa-2048"));
};

export interface Identity {
  readonly certificate: Certificate;
  readonly key: PrivateKeyHandle;
}

/** What an enrollment profile asks a Mac to do. */
export interface ReadProfile {
  readonly scepUrl: string;
  readonly challenge: string;
  readonly topic: string;
  readonly payloads: readonly PlistDictionary[];
}

/** Takes a signed mobileconfig apart. */
export function readProfile(signed: Uint8Array): ReadProfile {
  const profile = parsePlist(parseSignedData(signed).content!);
  if (!isDictionary(profile)) throw new Error("the profile is not a dictionary");
  const payloads = (getArray(profile, "PayloadContent") ?? []).filter(isDictionary);
  const of = (type: string) => payloads.find((payload) => getString(payload, "PayloadType") === type)!;
  const scep = getDictionary(of("com.apple.security.scep"), "PayloadContent")!;
  return {
    scepUrl: getString(scep, "URL")!,
    challenge: getString(scep, "Challenge")!,
    topic: getString(of("com.apple.mdm"), "Topic")!,
    payloads,
  };
}

/** Asks for an identity over SCEP, as macOS does with AES and SHA-256. */
export async function requestIdentity(
  scepUrl: string,
  challenge: string | undefined,
  options: { readonly renew?: Identity; readonly key?: PrivateKeyHandle } = {},
): Promise<{ readonly reply: ScepReply; readonly identity: Identity | undefined }> {
  const caCertificate = parseCertificate(
    new Uint8Array(await (await fetch(`${scepUrl}?operation=GetCACert`)).arrayBuffer()),
  );
  const key = options.key ?? someKey();
  const spki = crypto.publicKeyOf(key);
  const csr = createCertificateRequest(crypto, key, {
    subject: { CN: "whatever the Mac wishes" },
    ...(challenge === undefined ? {} : { challengePassword: challenge }),
  });
  const now = Date.now();
  const self = parseCertificate(
    issueCertificate(crypto, {
      issuer: { certificate: "self", key },
      subject: { CN: "self" },
      spki,
      notBefore: now - 1000,
      notAfter: now + 86_400_000,
    }),
  );
  const signer = options.renew ?? { certificate: self, key };
  const spec = { csr, signer, caCertificate };
  const request = options.renew === undefined ? buildPkcsReq(crypto, spec) : buildRenewalReq(crypto, spec);
  const response = await fetch(`${scepUrl}?operation=PKIOperation`, { method: "POST", body: Buffer.from(request.der) });
  const reply = parseCertRep(crypto, new Uint8Array(await response.arrayBuffer()), { request, signer, caCertificate });
  const certificate = reply.status === "success" ? reply.certificates[0] : undefined;
  return { reply, identity: certificate === undefined ? undefined : { certificate, key } };
}

/** `Mdm-Signature` over a body. */
export const mdmSignature = (identity: Identity, body: Uint8Array, signingTime = Date.now(), detached = true): string =>
  Buffer.from(createSignedData(crypto, { content: body, detached, signer: identity, signingTime })).toString("base64");

export interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array;
  /** The command in the answer; undefined when it is empty. */
  readonly command:
    | { readonly uuid: string; readonly requestType: string; readonly payload: PlistDictionary }
    | undefined;
}

/** A Mac as the device channel sees it: an identity, identifiers, and the messages that Apple's client sends. */
export class TestMac {
  readonly udid = randomUUID().toUpperCase();
  readonly serialNumber: string;
  url: string;
  identity: Identity | undefined;
  topic = "";
  /** ms; what it claims as signing time. */
  clock: () => number = Date.now;

  constructor(url: string, serialNumber = `C02${randomUUID().slice(0, 8).toUpperCase()}`) {
    this.url = url;
    this.serialNumber = serialNumber;
  }

  async send(
    path: "/checkin" | "/mdm",
    message: PlistDictionary,
    options: { readonly headers?: Record<string, string>; readonly method?: string } = {},
  ): Promise<Answer> {
    const body = buildXmlPlist(message);
    const type =
      path === "/checkin" ? "application/x-apple-aspen-mdm-checkin" : "application/x-apple-aspen-mdm; charset=UTF-8";
    const headers = {
      "content-type": type,
      "content-length": String(body.length),
      "mdm-signature": mdmSignature(this.identity!, body, this.clock()),
      ...options.headers,
    };
    const answer = await sendAlone(this.url + path, { method: options.method ?? "PUT", headers }, body);
    return { ...answer, command: commandOf(answer.bytes) };
  }

  checkIn(messageType: string, keys: PlistDictionary = {}): Promise<Answer> {
    return this.send("/checkin", { MessageType: messageType, UDID: this.udid, ...keys });
  }

  authenticate(keys: PlistDictionary = {}): Promise<Answer> {
    return this.checkIn("Authenticate", {
      Topic: this.topic,
      SerialNumber: this.serialNumber,
      DeviceName: "Test Mac",
      ModelName: "MacBook Pro",
      OSVersion: "15.1",
      ...keys,
    });
  }

  tokenUpdate(keys: PlistDictionary = {}): Promise<Answer> {
    return this.checkIn("TokenUpdate", {
      Topic: this.topic,
      Token: Buffer.from(this.udid),
      PushMagic: "magic",
      ...keys,
    });
  }

  poll(status = "Idle", keys: PlistDictionary = {}): Promise<Answer> {
    return this.send("/mdm", { Status: status, UDID: this.udid, ...keys });
  }

  acknowledge(uuid: string, keys: PlistDictionary = {}): Promise<Answer> {
    return this.poll("Acknowledged", { CommandUUID: uuid, ...keys });
  }
}

/** On a connection of its own: one that is kept may be closed by the server in the moment of the next message. */
function sendAlone(
  url: string,
  options: RequestOptions,
  body: Uint8Array,
): Promise<{ status: number; bytes: Uint8Array }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, bytes: new Uint8Array(Buffer.concat(parts)) }),
      );
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function commandOf(bytes: Uint8Array): Answer["command"] {
  if (bytes.length === 0) return undefined;
  let value: unknown;
  try {
    value = parsePlist(bytes);
  } catch {
    return undefined;
  }
  if (!isDictionary(value)) return undefined;
  const payload = getDictionary(value, "Command");
  const uuid = getString(value, "CommandUUID");
  if (payload === undefined || uuid === undefined) return undefined;
  return { uuid, requestType: getString(payload, "RequestType")!, payload };
}
