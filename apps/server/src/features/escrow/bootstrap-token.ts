import type { DeviceId } from "@pomona/facts";
import { buildXmlPlist } from "@pomona/plist";
import type { Kernel } from "../../kernel/feature.ts";
import { deviceScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { mergeDeviceFacts } from "../devices/index.ts";
import { type CheckInHandler, EMPTY, REFUSED } from "../enrollment/index.ts";
import { deleteToken, putToken, readToken } from "./bootstrap-tokens.sql.ts";

const place = (deviceId: DeviceId) => ({ table: "bootstrap_tokens", row: deviceId, field: "sealed_token" });

/** The Mac entrusts its bootstrap token to us, or takes it back with an empty one. Raw bytes, never base64 a second time. */
export const setBootstrapToken =
  (kernel: Kernel): CheckInHandler<"SetBootstrapToken"> =>
  async ({ message, certificate: { tenantId }, remember }, { deviceId }) => {
    if (message.from.channel === "user") return REFUSED;
    const token = message.bootstrapToken;
    await kernel.store.write(deviceScope(tenantId, deviceId), async (tx) => {
      await remember(tx);
      if (token === undefined) await deleteToken(tx, deviceId);
      else await putToken(tx, deviceId, kernel.vault.seal(tenantId, place(deviceId), token));
      await mergeDeviceFacts(tx, deviceId, { facts: { bootstrapTokenEscrowed: token !== undefined } });
      await tx.publish({ type: "escrow.bootstrap-token-stored", deviceId, data: { removed: token === undefined } });
    });
    return EMPTY;
  };

/** Keeps a token that came with the Mac from another MDM server; one that is here already stays. @returns whether it was kept */
export async function keepBootstrapToken(
  tx: WriteTransaction,
  kernel: Kernel,
  deviceId: DeviceId,
  token: Uint8Array,
): Promise<boolean> {
  if ((await readToken(tx, deviceId)) !== undefined) return false;
  await putToken(tx, deviceId, kernel.vault.seal(tx.scope.tenantId, place(deviceId), token));
  await mergeDeviceFacts(tx, deviceId, { facts: { bootstrapTokenEscrowed: true } });
  await tx.publish({ type: "escrow.bootstrap-token-stored", deviceId, data: { removed: false } });
  return true;
}

/** Hands the token back to the Mac that it came from. None is no error: 200 without a body. */
export const getBootstrapToken =
  (kernel: Kernel): CheckInHandler<"GetBootstrapToken"> =>
  async ({ message, certificate: { tenantId } }, { deviceId }) => {
    if (message.from.channel === "user") return REFUSED;
    const sealed = await kernel.store.read(deviceScope(tenantId, deviceId), (tx) => readToken(tx, deviceId));
    if (sealed === undefined) return EMPTY;
    const token = kernel.vault.open(tenantId, place(deviceId), sealed);
    return {
      status: 200,
      contentType: "application/xml; charset=UTF-8",
      body: buildXmlPlist({ BootstrapToken: token.expose() }),
    };
  };

/** A new enrollment makes a new token; the old one opens nothing any more. */
export async function dropBootstrapToken(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
  if (!(await deleteToken(tx, deviceId))) return;
  await mergeDeviceFacts(tx, deviceId, { facts: { bootstrapTokenEscrowed: false } });
  await tx.publish({ type: "escrow.bootstrap-token-stored", deviceId, data: { removed: true } });
}
