import { randomBytes } from "node:crypto";
import { changeRecipient as contract, type EscrowRecipient } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { KmsRecipient } from "../../kernel/secret.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import type { EscrowParts } from "./ports.ts";
import { putRecipient, readRecipient } from "./recipients.sql.ts";
import { countRecoveryKeys } from "./secrets.sql.ts";

/** Where the scope's tenant's recovery keys are sealed to, and how far they are there; null for the server's own keys. */
export async function showRecipient(tx: ReadTransaction): Promise<EscrowRecipient | null> {
  const recipient = await readRecipient(tx);
  if (recipient === undefined) return null;
  const { keyId, since, state, stateSince } = recipient;
  const counts = await countRecoveryKeys(tx);
  return {
    keyId,
    since: new Date(since).toISOString(),
    state,
    stateSince: new Date(stateSince).toISOString(),
    ...counts,
  };
}

/** The job `escrow/move-to-kms` brings over what is there already. */
export const changeRecipient = (parts: EscrowParts) =>
  bindAction(contract, {
    devicesTouched: () => 0,
    prepare: (scope, { keyId }) => (keyId === null ? Promise.resolve(null) : proven(parts, scope.tenantId, keyId)),
    run: async ({ tx, prepared }, { keyId }) => {
      await putRecipient(tx, prepared);
      await tx.publish({ type: "escrow.recipient-changed", data: { keyId } });
      return { recipient: await showRecipient(tx) };
    },
  });

/** A recipient of which the KMS has just opened something: nothing is sealed to a key that this server may not use. */
async function proven({ kernel, kms }: EscrowParts, tenantId: string, keyId: string): Promise<KmsRecipient> {
  if (kms === undefined)
    throw new PomonaError("unavailable", "kms.not-configured", "This server has no KMS (POMONA_KMS_*).");
  const recipient = { keyId, spki: await kms.publicKey(keyId) };
  const place = { table: "escrow_recipients", row: tenantId, field: "proof" };
  const value = randomBytes(16);
  const sealed = kernel.vault.sealFor(recipient, tenantId, place, value);
  const opened = await kernel.vault.openAnywhere(tenantId, place, sealed);
  if (!value.equals(opened.expose()))
    throw new PomonaError("conflict", "kms.wrong-key", "The KMS opened something else than what was sealed to it.");
  return recipient;
}
