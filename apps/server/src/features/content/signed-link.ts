import { createHmac, timingSafeEqual } from "node:crypto";
import { asId, type TenantId } from "@pomona/facts";
import { isId } from "../../kernel/clock.ts";

/** What a link lets its bearer have. */
export interface LinkGrant {
  readonly tenantId: TenantId;
  /** SHA-256 of the blob in lower hex. */
  readonly hash: string;
  /** ms */
  readonly expires: number;
}

const LONGEST = 400;

/** A link of the form `payload.signature`, in URL-safe base64; HMAC-SHA-256 under a key that only this server has. */
export function signGrant(key: Uint8Array, { tenantId, hash, expires }: LinkGrant): string {
  const payload = Buffer.from(`${tenantId}.${hash}.${expires}`, "utf8").toString("base64url");
  return `${payload}.${signatureOf(key, payload).toString("base64url")}`;
}

/** @returns undefined for a link that is not ours, was changed, or has ended */
export function readGrant(key: Uint8Array, text: string, now: number): LinkGrant | undefined {
  const [payload = "", signature = "", ...more] = text.length > LONGEST ? [] : text.split(".");
  const given = Buffer.from(signature, "base64url");
  const expected = signatureOf(key, payload);
  if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const [tenantId = "", hash = "", end] = Buffer.from(payload, "base64url").toString("utf8").split(".");
  const expires = Number(end);
  if (!isId(tenantId) || !Number.isSafeInteger(expires) || expires <= now) return undefined;
  return { tenantId: asId<"tenant">(tenantId), hash, expires };
}

const signatureOf = (key: Uint8Array, payload: string): Buffer =>
  createHmac("sha256", key).update(`pomona content link ${payload}`, "utf8").digest();
