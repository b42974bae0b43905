import type { DeviceId, SecretKind, TenantId } from "@pomona/facts";
import { systemScope } from "../../kernel/scope.ts";
import type { Opened, SecretRow } from "./model.ts";
import type { EscrowParts } from "./ports.ts";
import { readHeld, readSecret } from "./secrets.sql.ts";

/**
 * Opens what a transaction is about to need and only a KMS can open: a network must not be waited for in there. Whatever the
 * server opens itself is left to it.
 * @param secretId a value of the history; those that are held when not given
 * @throws PomonaError `kms.*`
 */
export async function openAhead(
  { kernel, book }: Pick<EscrowParts, "kernel" | "book">,
  tenantId: TenantId,
  deviceId: DeviceId,
  kind: SecretKind,
  secretId?: string,
): Promise<Opened> {
  const rows = await kernel.store.read(systemScope(tenantId, "escrow"), async (tx) =>
    secretId === undefined
      ? [await readHeld(tx, deviceId, kind, "pending"), await readHeld(tx, deviceId, kind, "current")]
      : [await readSecret(tx, secretId)],
  );
  const opened = new Map<string, string>();
  const isWanted = (row: SecretRow | undefined): row is SecretRow =>
    row !== undefined && row.deviceId === deviceId && row.kind === kind && row.sealed.recipient === "kms";
  for (const row of rows.filter(isWanted)) opened.set(row.id, await book.textAnywhere(tenantId, row));
  return opened;
}
