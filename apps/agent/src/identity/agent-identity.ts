import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import type { StoredFiles } from "../store/agent-store.ts";

/** Who this agent is to the server. The key was made here and never leaves the Mac. */
export interface AgentIdentity {
  readonly tenantId: string;
  readonly deviceId: string;
  /** PEM: the agent's certificate, then its intermediate. */
  readonly certificate: string;
  /** PEM, PKCS#8. A secret. */
  readonly key: string;
  /** SHA-256 of the token that was spent for it, to know a fresh one. */
  readonly tokenHash: string;
}

/** @returns undefined when there is none, or when what is stored does not make one */
export function loadIdentity(files: StoredFiles): AgentIdentity | undefined {
  const text = files.read("identity.json");
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Partial<AgentIdentity>;
    const { tenantId, deviceId, certificate, key, tokenHash = "" } = value;
    if (typeof tenantId !== "string" || typeof deviceId !== "string") return undefined;
    if (typeof certificate !== "string" || typeof key !== "string") return undefined;
    return belongTogether(certificate, key) ? { tenantId, deviceId, certificate, key, tokenHash } : undefined;
  } catch {
    return undefined;
  }
}

export function saveIdentity(files: StoredFiles, identity: AgentIdentity): void {
  files.write("identity.json", JSON.stringify(identity));
}

/** True when the first certificate was issued for this key. */
export function belongTogether(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** When the certificate ends, epoch ms. */
export function expiryOf(identity: AgentIdentity): number {
  return new X509Certificate(identity.certificate).validToDate.getTime();
}

/** True when less than a third of the certificate's life is left. `now` in epoch ms. */
export function isAgeing({ certificate }: AgentIdentity, now: number): boolean {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return validToDate.getTime() - now < (validToDate.getTime() - validFromDate.getTime()) / 3;
}

/** A token as it may be kept: what is spent need not be readable. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");
