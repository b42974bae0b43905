import type { TenantId } from "@pomona/facts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Job } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { proveRecoveryKey } from "./file-vault.ts";
import { dropOpenedEnvelopes } from "./keys.sql.ts";
import type { EscrowParts } from "./ports.ts";
import { type KmsState, noteKms, readRecipient, readRecipientTenants } from "./recipients.sql.ts";
import { type DueSecret, readKmsDue, readOutsideKms, readSecret, updateSecret } from "./secrets.sql.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** With the period of the job: one call a second at most, which a KMS hardly notices and its bill does not. */
const CALLS = 5;
const SLICE = 100;
const platform = systemScope(PLATFORM, "escrow");

/**
 * What only the KMS opens is tried once a day, not every hour, as each try is a call of its own; sooner where a Mac is to prove it.
 * A KMS that refuses or is away says nothing about a value: the value waits, and the state of the KMS is told.
 */
export const checkKms = (parts: EscrowParts): Job => ({
  name: "escrow/check-kms",
  everyMs: 5_000,
  run: async () => {
    const away = new Set<TenantId>();
    for (const due of await parts.kernel.store.read(platform, (tx) => readKmsDue(tx, CALLS))) {
      if (away.has(due.tenantId)) await wait(parts, due);
      else if (!(await checkOne(parts, due))) away.add(due.tenantId);
    }
  },
});

/** @returns false when the KMS did not answer for it */
async function checkOne(parts: EscrowParts, due: DueSecret): Promise<boolean> {
  const { kernel, book } = parts;
  const { tenantId, row } = due;
  let value: string | undefined;
  try {
    value = await book.textAnywhere(tenantId, row);
  } catch (error) {
    const state = stateOf(error);
    if (state !== undefined) {
      await note(parts, tenantId, state);
      await wait(parts, due);
      return false;
    }
  }
  await note(parts, tenantId, "works");
  const opens = value !== undefined;
  await kernel.store.write(systemScope(tenantId, "escrow"), async (tx) => {
    await updateSecret(tx, row.id, { opens, openedAt: tx.now, kmsDue: tx.now + DAY, isProofDue: false });
    if (!opens && row.opens !== false) {
      kernel.log.error("escrow.secret-unreadable", { tenantId, secretId: row.id, kind: row.kind });
      const data = { kind: row.kind, secretId: row.id };
      await tx.publish({ type: "escrow.secret-unreadable", deviceId: row.deviceId, data });
    }
    const now = await readSecret(tx, row.id);
    if (value === undefined || now === undefined) return;
    if (now.slot === "pending" || row.isProofDue) await proveRecoveryKey(tx, parts, now, new Map([[row.id, value]]));
  });
  return true;
}

/** What a KMS's error says of the KMS; undefined where it is about the value. */
function stateOf(error: unknown): Exclude<KmsState, "works"> | undefined {
  if (!(error instanceof PomonaError)) return undefined;
  if (error.code === "kms.unreachable") return "unreachable";
  return error.code === "kms.refused" || error.code === "kms.not-configured" ? "refused" : undefined;
}

const wait = ({ kernel }: EscrowParts, { tenantId, row }: DueSecret) =>
  kernel.store.write(systemScope(tenantId, "escrow"), (tx) =>
    updateSecret(tx, row.id, { kmsDue: tx.now + 5 * MINUTE }),
  );

async function note({ kernel }: EscrowParts, tenantId: TenantId, state: KmsState): Promise<void> {
  const known = await kernel.store.read(systemScope(tenantId, "escrow"), readRecipient);
  if (known === undefined || known.state === state) return;
  await kernel.store.write(systemScope(tenantId, "escrow"), async (tx) => {
    if (!(await noteKms(tx, state))) return;
    await tx.publish({ type: "escrow.kms-changed", data: { state } });
    if (state !== "works") kernel.log.warn("escrow.kms", { tenantId, state });
  });
}

/** Brings recovery keys that the server opens itself under the KMS, and drops the messages of Macs that hold them too. */
export const moveToKms = (parts: EscrowParts): Job => ({
  name: "escrow/move-to-kms",
  everyMs: 30_000,
  run: async () => {
    const { kernel, book } = parts;
    for (const tenantId of await kernel.store.read(platform, readRecipientTenants)) {
      const scope = systemScope(tenantId, "escrow");
      // What comes from now on goes there by itself: mostly there is nothing to do, and no writer is kept waiting.
      while ((await kernel.store.read(scope, (tx) => readOutsideKms(tx, 1))).length > 0) {
        const goesOn = await kernel.store.write(scope, async (tx) => {
          if ((await readRecipient(tx)) === undefined) return false;
          for (const row of await readOutsideKms(tx, SLICE)) await book.moveToKms(tx, row);
          await dropOpenedEnvelopes(tx);
          return true;
        });
        if (!goesOn) break;
      }
    }
  },
});
