import {
  constants,
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  timingSafeEqual,
} from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a KMS behaves: as it should, refusing by policy, out of order, overloaded, or without a word. */
export type KmsMood = "works" | "denies" | "fails" | "throttles" | "silent";

export interface FakeKms extends AsyncDisposable {
  readonly url: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
  /** Makes an RSA key that decrypts. @returns its ARN */
  newKey(usage?: "ENCRYPT_DECRYPT" | "SIGN_VERIFY"): string;
  mood: KmsMood;
  /** Operations that it was asked for with a good signature, in order. */
  readonly asked: string[];
}

/** AWS KMS's JSON protocol over loopback, as far as GetPublicKey and Decrypt, with real keys; it checks the signature of each request. */
export async function startFakeKms(): Promise<FakeKms> {
  const keys = new Map<
    string,
    { readonly pair: { publicKey: KeyObject; privateKey: KeyObject }; readonly usage: string }
  >();
  const asked: string[] = [];
  const credentials = {
    accessKeyId: "AKIDFAKE",
    secretAccessKey: createHash("sha256").update(String(process.hrtime.bigint())).digest("base64"),
    sessionToken: "a-session",
  };
  const answer = (response: ServerResponse, status: number, body: object) =>
    void response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
  const refuse = (response: ServerResponse, type: string, status = 400) =>
    answer(response, status, {
      __type: `com.amazonaws.kms#${type}`,
      message: "for arn:aws:iam::111122223333:user/secret-name",
    });

  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (fake.mood === "silent") return;
      if (fake.mood === "fails") return void response.writeHead(503).end("<html>");
      if (fake.mood === "throttles") return refuse(response, "ThrottlingException");
      if (!isSigned(request, body, credentials)) return refuse(response, "IncompleteSignatureException", 403);
      const operation = String(request.headers["x-amz-target"]).replace("TrentService.", "");
      asked.push(operation);
      if (fake.mood === "denies") return refuse(response, "AccessDeniedException");
      const input = JSON.parse(body) as Record<string, string>;
      const key = keys.get(input["KeyId"] ?? "");
      if (key === undefined) return refuse(response, "NotFoundException");
      if (operation === "GetPublicKey") {
        const PublicKey = key.pair.publicKey.export({ type: "spki", format: "der" }).toString("base64");
        const EncryptionAlgorithms =
          key.usage === "ENCRYPT_DECRYPT" ? ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"] : undefined;
        return answer(response, 200, { KeyId: input["KeyId"], PublicKey, KeyUsage: key.usage, EncryptionAlgorithms });
      }
      if (operation !== "Decrypt" || input["EncryptionAlgorithm"] !== "RSAES_OAEP_SHA_256")
        return refuse(response, "UnsupportedOperationException");
      try {
        const Plaintext = privateDecrypt(
          { key: key.pair.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
          Buffer.from(input["CiphertextBlob"] ?? "", "base64"),
        ).toString("base64");
        answer(response, 200, { KeyId: input["KeyId"], Plaintext, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" });
      } catch {
        refuse(response, "InvalidCiphertextException");
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const fake: FakeKms = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    credentials,
    mood: "works",
    asked,
    newKey: (usage = "ENCRYPT_DECRYPT") => {
      const arn = `arn:aws:kms:eu-central-1:111122223333:key/${String(keys.size).padStart(8, "0")}`;
      keys.set(arn, { pair: generateKeyPairSync("rsa", { modulusLength: 2048 }), usage });
      return arn;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return fake;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += String(part);
  return body;
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** Signature Version 4, from the server's side: over what arrived, with the headers that the request itself names. */
function isSigned(
  request: IncomingMessage,
  body: string,
  { accessKeyId, secretAccessKey, sessionToken }: FakeKms["credentials"],
) {
  const { authorization = "", "x-amz-date": date, "x-amz-security-token": token } = request.headers;
  const parts =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/kms\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (parts === null || typeof date !== "string" || token !== sessionToken) return false;
  const [, id, day, region, names, signature] = parts as unknown as [string, string, string, string, string, string];
  if (id !== accessKeyId || !date.startsWith(day) || !/^\d{8}T\d{6}Z$/.test(date)) return false;
  const signed = names.split(";");
  for (const needed of ["host", "x-amz-date", "x-amz-target", "x-amz-security-token"])
    if (!signed.includes(needed)) return false;
  const headers = signed.map((name) => `${name}:${String(request.headers[name])}\n`).join("");
  const canonical = `${request.method}\n${request.url}\n\n${headers}\n${names}\n${digest(body)}`;
  let key: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of [day, region, "kms", "aws4_request"]) key = createHmac("sha256", key).update(part).digest();
  const text = `AWS4-HMAC-SHA256\n${date}\n${day}/${region}/kms/aws4_request\n${digest(canonical)}`;
  return timingSafeEqual(createHmac("sha256", key).update(text).digest(), Buffer.from(signature, "hex"));
}
