import type { TenantId } from "@pomona/facts";
import { systemScope } from "../../kernel/scope.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import type { Opened, SecretRow } from "./model.ts";
import type { EscrowParts } from "./ports.ts";

/**
 * Opens what a transaction is about to need and only a KMS can open: a network must not be waited for in there. Whatever the
 * server opens itself is left to it.
 * @param find the values; no more than are needed, for each is on the KMS's own audit trail
 * @throws PomonaError `kms.*`, and what `find` throws
 */
export async function openAhead(
  { kernel, book }: Pick<EscrowParts, "kernel" | "book">,
  tenantId: TenantId,
  find: (tx: ReadTransaction) => Promise<readonly (SecretRow | undefined)[]>,
): Promise<Opened> {
  const opened = new Map<string, string>();
  for (const row of await kernel.store.read(systemScope(tenantId, "escrow"), find))
    if (row?.sealed.recipient === "kms") opened.set(row.id, await book.textAnywhere(tenantId, row));
  return opened;
}
