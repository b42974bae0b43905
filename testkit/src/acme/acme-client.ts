import type { KeyObject } from "node:crypto";
import { generateKeyPairSync } from "node:crypto";
import { exportJWK, FlattenedSign, type JWK } from "jose";
import type { DeviceHttp, DeviceResponse } from "../network/device-http.ts";

/** What the directory names (RFC 8555 section 7.1.1). */
export interface AcmeDirectory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
  readonly keyChange: string;
  readonly revokeCert: string;
}

export interface AcmeAnswer {
  readonly status: number;
  readonly headers: DeviceResponse["headers"];
  readonly text: string;
  /** Empty for an answer that is no JSON. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The last part of a problem's type. */
  readonly problem: string | undefined;
}

/** How a request departs from the rules; for tests. */
export interface AcmeFaults {
  /** Laid over the protected header; undefined takes a member away. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject;
  readonly body?: Uint8Array;
  readonly contentType?: string;
}

/** As much of an ACME client as macOS has: an account key, nonces, POST-as-GET. One request at a time. */
export class AcmeClient {
  readonly #http: DeviceHttp;
  readonly #directoryUrl: string;
  #directory: AcmeDirectory | undefined;
  #nonce: string | undefined;
  key: KeyObject;
  /** The account's URL, once there is one. */
  kid: string | undefined;

  constructor(http: DeviceHttp, directoryUrl: string, key: KeyObject = newAccountKey()) {
    this.#http = http;
    this.#directoryUrl = directoryUrl;
    this.key = key;
  }

  async directory(): Promise<AcmeDirectory> {
    if (this.#directory === undefined) {
      const answer = await this.#http.send({ method: "GET", url: this.#directoryUrl });
      if (answer.status !== 200) throw new Error(`the directory was answered ${answer.status}`);
      this.#directory = JSON.parse(Buffer.from(answer.body).toString("utf8")) as AcmeDirectory;
    }
    return this.#directory;
  }

  async newNonce(): Promise<string> {
    const { newNonce } = await this.directory();
    const answer = await this.#http.send({ method: "GET", url: newNonce });
    return String(answer.headers["replay-nonce"]);
  }

  /** @returns the account's URL */
  async newAccount(payload: object = { termsOfServiceAgreed: true }): Promise<AcmeAnswer> {
    const { newAccount } = await this.directory();
    const answer = await this.post(newAccount, payload, { header: { kid: undefined, jwk: await this.jwk() } });
    if (answer.status === 200 || answer.status === 201) this.kid = String(answer.headers["location"]);
    return answer;
  }

  async newOrder(identifier: string): Promise<AcmeAnswer> {
    const { newOrder } = await this.directory();
    return this.post(newOrder, { identifiers: [{ type: "permanent-identifier", value: identifier }] });
  }

  jwk(): Promise<JWK> {
    return publicJwk(this.key);
  }

  /** Signs and sends; "" is POST-as-GET. A bad nonce is tried once more with a fresh one, as clients should. */
  async post(url: string, payload: object | "", faults: AcmeFaults = {}): Promise<AcmeAnswer> {
    for (let attempt = 0; ; attempt++) {
      const nonce = this.#nonce ?? (await this.newNonce());
      this.#nonce = undefined;
      const body = faults.body ?? (await this.sign(url, payload, nonce, faults));
      const answer = await this.#http.send({
        method: "POST",
        url,
        headers: { "Content-Type": faults.contentType ?? "application/jose+json" },
        body,
      });
      const fresh = answer.headers["replay-nonce"];
      if (typeof fresh === "string") this.#nonce = fresh;
      const read = readAnswer(answer);
      if (read.problem !== "badNonce" || attempt > 0 || faults.header !== undefined || faults.body !== undefined)
        return read;
    }
  }

  /** A request as bytes. */
  async sign(url: string, payload: object | "", nonce: string | undefined, faults: AcmeFaults = {}): Promise<Buffer> {
    const key = faults.key ?? this.key;
    const header = { alg: algorithmOf(key), nonce, url, kid: this.kid, ...faults.header };
    const bytes = Buffer.from(payload === "" ? "" : JSON.stringify(payload));
    const jws = await new FlattenedSign(bytes)
      .setProtectedHeader(JSON.parse(JSON.stringify(header)) as { alg: string })
      .sign(key);
    return Buffer.from(JSON.stringify(jws));
  }
}

export const newAccountKey = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

/** The public half, with the members of RFC 7638 only. */
export async function publicJwk(key: KeyObject): Promise<JWK> {
  const { kty, crv, x, y, n, e } = await exportJWK(key);
  return JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as JWK;
}

const algorithmOf = (key: KeyObject): string => {
  if (key.asymmetricKeyType === "rsa") return "RS256";
  return key.asymmetricKeyDetails?.namedCurve === "secp384r1" ? "ES384" : "ES256";
};

function readAnswer({ status, headers, body }: DeviceResponse): AcmeAnswer {
  const text = Buffer.from(body).toString("utf8");
  const isJson = String(headers["content-type"]).includes("json") && text !== "";
  const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  const type = json["type"];
  const problem = status >= 400 && typeof type === "string" ? type.split(":").at(-1) : undefined;
  return { status, headers, text, json, problem };
}
