import { createHash, randomBytes } from "node:crypto";
import { asId, type DeviceId, type TenantId } from "@pomona/facts";
import { isId } from "../../kernel/clock.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { insertToken } from "./installs.sql.ts";

export const TOKEN_LIFE_MS = 600_000;

export const hashToken = (token: string): string => createHash("sha256").update(token, "utf8").digest("hex");

/**
 * Makes a token of first trust for a device: one use, ten minutes, bound to its serial number, kept as a hash. It names
 * tenant and device, so that it can be looked up within its tenant; only the last part is secret.
 * @returns undefined for a device without serial number, which cannot be bound
 */
export async function mintToken(tx: WriteTransaction, deviceId: DeviceId): Promise<string | undefined> {
  const serialNumber = (await readDevice(tx, deviceId))?.serialNumber ?? null;
  if (serialNumber === null) return undefined;
  const token = `${tx.scope.tenantId}.${deviceId}.${randomBytes(32).toString("base64url")}`;
  const expiresAt = tx.now + TOKEN_LIFE_MS;
  await insertToken(tx, { hash: hashToken(token), deviceId, serialNumber, expiresAt });
  await tx.publish({ type: "agent.token-minted", deviceId, data: { expiresAt } });
  return token;
}

/** Whom a token claims to be for; proves nothing. */
export function readTokenClaim(
  token: string,
): { readonly tenantId: TenantId; readonly deviceId: DeviceId } | undefined {
  const [tenantId = "", deviceId = "", secret, ...more] = token.split(".");
  if (!isId(tenantId) || !isId(deviceId) || secret === undefined || more.length > 0) return undefined;
  return { tenantId: asId<"tenant">(tenantId), deviceId: asId<"device">(deviceId) };
}
