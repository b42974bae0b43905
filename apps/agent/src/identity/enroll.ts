import { AGENT_PATHS, type AgentSettings, type EnrollRequest } from "@pomona/agent-protocol";
import { createCertificateRequest } from "@pomona/pki";
import { generateKeyPair, nodeCrypto, privateKeyFromPem, privateKeyToPem } from "@pomona/pki/node";
import type { Backoff } from "../backoff.ts";
import type { Log } from "../log.ts";
import { openDeviceChannel } from "../net/post-json.ts";
import { createServerTrust } from "../net/server-trust.ts";
import { pause } from "../pause.ts";
import { isEnrollResponse } from "../protocol-check.ts";
import type { StoredFiles } from "../store/agent-store.ts";
import { type AgentIdentity, belongTogether, hashToken, saveIdentity } from "./agent-identity.ts";

/** What is on disk between making a key and having its certificate. Only the token's hash is kept. */
interface Pending {
  readonly tokenHash: string;
  /** Missing once the server refused the token: then nothing is tried until the settings bring another. */
  readonly key?: string;
}

export interface EnrollOptions {
  readonly files: StoredFiles;
  readonly settings: AgentSettings;
  readonly serialNumber: string;
  readonly version: string;
  readonly backoff: Backoff;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * Exchanges the one-time token for a certificate, trying again while the server cannot be reached: with the same key, because
 * an answer that was lost may have spent the token.
 * @returns undefined when there is no token, when it was refused, or on abort
 */
export async function enroll(options: EnrollOptions): Promise<AgentIdentity | undefined> {
  const { files, settings, signal, log } = options;
  const token = settings.EnrollmentToken;
  if (token === undefined || token.length < 20) return undefined;
  const tokenHash = hashToken(token);
  const pending = readPending(files);
  if (isRefusedToken(files, token)) return undefined;
  const key = pending?.tokenHash === tokenHash && pending.key ? pending.key : freshKey(files, tokenHash);
  const channel = openDeviceChannel(settings.ServerURL, createServerTrust(settings.Roots));
  try {
    const body = JSON.stringify(requestFor(options, token, key));
    while (!signal.aborted) {
      const answer = await channel.post(AGENT_PATHS.enroll, body, 30_000, signal).catch((error: Error) => error);
      if (signal.aborted) return undefined;
      if (answer instanceof Error) log.warn("identity.server-unreachable", { reason: answer.message });
      else if (answer.status === 200) {
        const identity = identityFrom(answer.body, settings, key, tokenHash);
        if (identity !== undefined) {
          saveIdentity(files, identity);
          files.remove("pending-identity.json");
          log.info("identity.enrolled", { deviceId: identity.deviceId });
          return identity;
        }
        log.warn("identity.answer-refused");
      } else if (isRefusal(answer.status)) {
        files.write("pending-identity.json", JSON.stringify({ tokenHash } satisfies Pending));
        log.warn("identity.token-refused", { status: answer.status });
        return undefined;
      } else log.warn("identity.server-error", { status: answer.status });
      await pause(options.backoff.next(), signal);
    }
    return undefined;
  } finally {
    channel.close();
  }
}

/** True when the server has said no to this token before. */
export function isRefusedToken(files: StoredFiles, token: string): boolean {
  const pending = readPending(files);
  return pending?.tokenHash === hashToken(token) && pending.key === undefined;
}

/** 408 and 429 ask for another attempt; every other 4xx is an answer about the token. */
const isRefusal = (status: number) => status >= 400 && status < 500 && status !== 408 && status !== 429;

function readPending(files: StoredFiles): Pending | undefined {
  try {
    const value = JSON.parse(files.read("pending-identity.json") ?? "null") as Partial<Pending> | null;
    if (typeof value?.tokenHash !== "string") return undefined;
    return typeof value.key === "string"
      ? { tokenHash: value.tokenHash, key: value.key }
      : { tokenHash: value.tokenHash };
  } catch {
    return undefined;
  }
}

function freshKey(files: StoredFiles, tokenHash: string): string {
  const key = privateKeyToPem(generateKeyPair("ec-p256"));
  files.write("pending-identity.json", JSON.stringify({ tokenHash, key } satisfies Pending));
  return key;
}

function requestFor({ settings, serialNumber, version }: EnrollOptions, token: string, key: string): EnrollRequest {
  const request = createCertificateRequest(nodeCrypto(), privateKeyFromPem(key), {
    subject: { CN: settings.DeviceID },
  });
  return { token, csr: Buffer.from(request).toString("base64"), serialNumber, version };
}

/** An answer for somebody else, or with a certificate for another key, is none. */
function identityFrom(
  body: unknown,
  settings: AgentSettings,
  key: string,
  tokenHash: string,
): AgentIdentity | undefined {
  if (!isEnrollResponse(body)) return undefined;
  const { tenantId, deviceId, certificate } = body;
  if (tenantId !== settings.TenantID || deviceId !== settings.DeviceID) return undefined;
  return belongTogether(certificate, key) ? { tenantId, deviceId, certificate, key, tokenHash } : undefined;
}
