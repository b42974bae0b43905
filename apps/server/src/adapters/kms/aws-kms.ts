import http from "node:http";
import https from "node:https";
import { PomonaError } from "../../kernel/errors.ts";
import type { KeyOps } from "../../kernel/secret.ts";
import { type AwsCredentials, signRequest } from "./sign-request.ts";

export interface AwsKmsOptions {
  /** Read before each call: those of a role change every hour. @throws Error when there are none */
  readonly credentials: () => AwsCredentials;
  /** In place of AWS's own address, as a VPC endpoint. */
  readonly url?: string;
  /** PEM of that endpoint's root, when it is not a public one. */
  readonly ca?: string;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

const ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:(key|alias)\/[A-Za-z0-9/_-]{1,256}$/;
const ALGORITHM = "RSAES_OAEP_SHA_256";
const MAX_ANSWER = 65_536;
/** What says that the bytes are not for this key; anything else that AWS answers says nothing about them. */
const NOT_FOR_KEY: ReadonlySet<string> = new Set(["InvalidCiphertextException", "IncorrectKeyException"]);

const refused = (why: string, cause?: unknown): PomonaError =>
  new PomonaError(
    "unavailable",
    "kms.refused",
    `The KMS refused: ${why}. Nothing is lost; it opens again when the KMS allows it.`,
    {
      cause,
    },
  );
const unreachable = (why: string, cause?: unknown): PomonaError =>
  new PomonaError(
    "unavailable",
    "kms.unreachable",
    `The KMS cannot be reached (${why}). Nothing is lost; try again later.`,
    {
      cause,
    },
  );

/** RSA keys in AWS KMS, or in what speaks its protocol. */
export class AwsKms implements KeyOps {
  readonly #options: AwsKmsOptions;

  constructor(options: AwsKmsOptions) {
    this.#options = options;
  }

  async publicKey(keyId: string): Promise<Uint8Array> {
    const answer = await this.#call(keyId, "GetPublicKey", {});
    const { PublicKey, KeyUsage, EncryptionAlgorithms } = answer as {
      PublicKey?: string;
      KeyUsage?: string;
      EncryptionAlgorithms?: readonly string[];
    };
    if (PublicKey === undefined || KeyUsage !== "ENCRYPT_DECRYPT" || EncryptionAlgorithms?.includes(ALGORITHM) !== true)
      throw new PomonaError(
        "invalid",
        "kms.wrong-key",
        `The key has to be an RSA key that decrypts with ${ALGORITHM}.`,
      );
    return Buffer.from(PublicKey, "base64");
  }

  async unwrap(keyId: string, wrapped: Uint8Array): Promise<Uint8Array> {
    const CiphertextBlob = Buffer.from(wrapped).toString("base64");
    const answer = await this.#call(keyId, "Decrypt", { CiphertextBlob, EncryptionAlgorithm: ALGORITHM });
    const { Plaintext } = answer as { Plaintext?: string };
    if (Plaintext === undefined) throw unreachable("its answer is none");
    return Buffer.from(Plaintext, "base64");
  }

  async #call(keyId: string, operation: string, input: Readonly<Record<string, string>>): Promise<unknown> {
    const region = ARN.exec(keyId)?.[1];
    if (region === undefined)
      throw new PomonaError(
        "invalid",
        "kms.wrong-key",
        "A KMS key is named by its ARN: arn:aws:kms:REGION:ACCOUNT:key/ID.",
      );
    const url = new URL(this.#options.url ?? `https://kms.${region}.amazonaws.com/`);
    const unsigned = {
      method: "POST",
      url,
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${operation}` },
      body: JSON.stringify({ KeyId: keyId, ...input }),
    };
    const now = (this.#options.now ?? Date.now)();
    const headers = signRequest(unsigned, this.#credentials(), { region, service: "kms", now });
    const { status, text } = await this.#send(url, headers, unsigned.body);
    const answer = parse(text);
    if (status === 200 && answer !== undefined) return answer;
    throw faultOf(status, answer);
  }

  #credentials(): AwsCredentials {
    try {
      return this.#options.credentials();
    } catch (cause) {
      throw refused("this server has no credentials for it", cause);
    }
  }

  #send(url: URL, headers: Record<string, string>, body: string): Promise<{ status: number; text: string }> {
    const { ca, timeoutMs = 5_000 } = this.#options;
    const signal = AbortSignal.timeout(timeoutMs);
    const { request } = url.protocol === "http:" ? http : https;
    return new Promise((resolve, reject) => {
      const fail = (error: Error) =>
        reject(
          unreachable(signal.aborted ? "no answer in time" : ((error as { code?: string }).code ?? "no answer"), error),
        );
      const call = request(url, { method: "POST", headers, signal, agent: false, ...(ca === undefined ? {} : { ca }) });
      call.on("error", fail);
      call.on("response", (response) => {
        let text = "";
        response.on("error", fail);
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
          if (text.length > MAX_ANSWER) response.destroy(new Error("the answer is too large"));
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      });
      call.end(body);
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** By AWS's own name of it; its message may name accounts and roles, and stays out. */
function faultOf(status: number, answer: unknown): PomonaError {
  const type = (answer as { readonly __type?: unknown } | undefined)?.__type;
  const name = typeof type === "string" ? (/(\w+)$/.exec(type)?.[1] ?? "") : "";
  if (NOT_FOR_KEY.has(name))
    return new PomonaError("unavailable", "kms.cannot-open", "The KMS says that this was not encrypted to its key.");
  if (status >= 500 || name === "ThrottlingException" || name === "LimitExceededException")
    return unreachable(name === "" ? `it answered ${status}` : name);
  return refused(name === "" ? `it answered ${status}` : name);
}
