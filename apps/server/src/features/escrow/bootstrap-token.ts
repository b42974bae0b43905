import type { DeviceId } from "@pomona/facts";
import { buildXmlPlist } from "@pomona/plist";
import type { Kernel } from "../../kernel/feature.ts";
import { deviceScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { mergeDeviceFacts } from "../devices/index.ts";
import { type CheckInHandler, EMPTY, REFUSED } from "../enrollment/index.ts";
import { updateEscrowDevice } from "./devices.sql.ts";
import { SecretBook } from "./secret-book.ts";
import { deleteSecret, readHeld } from "./secrets.sql.ts";

const KIND = "bootstrapToken";

/** The Mac entrusts its bootstrap token to us, or takes it back with an empty one. Raw bytes, never base64 a second time. */
export const setBootstrapToken =
  (kernel: Kernel, book: SecretBook): CheckInHandler<"SetBootstrapToken"> =>
  async ({ message, certificate: { tenantId }, remember }, { deviceId }) => {
    if (message.from.channel === "user") return REFUSED;
    const token = message.bootstrapToken;
    await kernel.store.write(deviceScope(tenantId, deviceId), async (tx) => {
      await remember(tx);
      // Another one opens nothing that the old one did not, and the Mac asked to have it forgotten: there is no history.
      await removeToken(tx, deviceId);
      if (token !== undefined) {
        await book.keepCurrent(tx, { deviceId, kind: KIND, value: token, source: "SetBootstrapToken" });
        await updateEscrowDevice(tx, deviceId, { tokenNote: null });
      }
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
  if ((await readHeld(tx, deviceId, KIND, "current")) !== undefined) return false;
  const book = new SecretBook(kernel.vault);
  await book.keepCurrent(tx, { deviceId, kind: KIND, value: token, source: "moved in" });
  await mergeDeviceFacts(tx, deviceId, { facts: { bootstrapTokenEscrowed: true } });
  await tx.publish({ type: "escrow.bootstrap-token-stored", deviceId, data: { removed: false } });
  return true;
}

/** Hands the token back to the Mac that it came from. None is no error: 200 without a body. */
export const getBootstrapToken =
  (kernel: Kernel, book: SecretBook): CheckInHandler<"GetBootstrapToken"> =>
  async ({ message, certificate: { tenantId } }, { deviceId }) => {
    if (message.from.channel === "user") return REFUSED;
    const row = await kernel.store.read(deviceScope(tenantId, deviceId), (tx) =>
      readHeld(tx, deviceId, KIND, "current"),
    );
    if (row === undefined) return EMPTY;
    return {
      status: 200,
      contentType: "application/xml; charset=UTF-8",
      body: buildXmlPlist({ BootstrapToken: book.open(tenantId, row).expose() }),
    };
  };

/** A new enrollment makes a new token; the old one opens nothing any more. */
export async function dropBootstrapToken(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
  if (!(await removeToken(tx, deviceId))) return;
  await mergeDeviceFacts(tx, deviceId, { facts: { bootstrapTokenEscrowed: false } });
  await tx.publish({ type: "escrow.bootstrap-token-stored", deviceId, data: { removed: true } });
}

async function removeToken(tx: WriteTransaction, deviceId: DeviceId): Promise<boolean> {
  const row = await readHeld(tx, deviceId, KIND, "current");
  if (row === undefined) return false;
  await deleteSecret(tx, row.id);
  return true;
}
