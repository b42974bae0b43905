import { isRecoveryKey } from "@pomona/mdm";
import type { Job } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { readDevice } from "../devices/index.ts";
import { askByOrder } from "./ask.ts";
import { readUntoldTokens, updateEscrowDevice } from "./devices.sql.ts";
import { proveRecoveryKey } from "./file-vault.ts";
import { noteEnvelope, readUncheckedEnvelopes } from "./keys.sql.ts";
import { readPolicy } from "./policies.sql.ts";
import type { EscrowParts } from "./ports.ts";
import { isAsked } from "./rotations.sql.ts";
import {
  type DueSecret,
  deleteSecret,
  readHeld,
  readRetired,
  readSecret,
  readUnchecked,
  updateSecret,
} from "./secrets.sql.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BATCH = 200;
/** No policy keeps old values shorter. */
const LEAST_KEPT_MS = 7 * DAY;
const platform = systemScope(PLATFORM, "escrow");

/**
 * Every hour each thing that is held is opened once, so that a key that got lost is noticed on that day, and not on the day on
 * which somebody stands before a locked Mac.
 */
export const checkSeals = (parts: EscrowParts): Job => ({
  name: "escrow/check-seals",
  everyMs: 5_000,
  run: async () => {
    const { store, clock } = parts.kernel;
    const before = clock.now() - HOUR;
    for (const due of await store.read(platform, (tx) => readUnchecked(tx, before, BATCH))) await checkSeal(parts, due);
    for (const envelope of await store.read(platform, (tx) => readUncheckedEnvelopes(tx, before, BATCH))) {
      await store.write(systemScope(envelope.tenantId, "escrow"), async (tx) => {
        const opened = parts.keys.decrypt(await parts.keys.all(tx), envelope.cms);
        const opens = opened !== undefined && isRecoveryKey(Buffer.from(opened.expose()).toString("utf8").trim());
        await noteEnvelope(tx, envelope, opens);
        if (opens || !envelope.opens) return;
        const data = { kind: "fileVaultKey", secretId: null } as const;
        await tx.publish({ type: "escrow.secret-unreadable", deviceId: envelope.deviceId, data });
      });
    }
  },
});

async function checkSeal(parts: EscrowParts, { tenantId, row }: DueSecret): Promise<void> {
  let opens = true;
  try {
    parts.book.open(tenantId, row);
  } catch {
    opens = false;
  }
  await parts.kernel.store.write(systemScope(tenantId, "escrow"), async (tx) => {
    await updateSecret(tx, row.id, { opens, openedAt: tx.now });
    if (!opens && row.opens !== false) {
      parts.kernel.log.error("escrow.secret-unreadable", { tenantId, secretId: row.id, kind: row.kind });
      const data = { kind: row.kind, secretId: row.id };
      await tx.publish({ type: "escrow.secret-unreadable", deviceId: row.deviceId, data });
    }
    // A key that the Mac was not yet asked to prove, or whose agent did not answer.
    if (!opens || row.kind !== "fileVaultKey" || row.slot !== "pending") return;
    const now = await readSecret(tx, row.id);
    if (now?.slot === "pending") await proveRecoveryKey(tx, parts, now);
  });
}

/** Names every Mac that has been here for a day without a bootstrap token, and has its agent find out why. */
export const tellMissingTokens = (parts: EscrowParts): Job => ({
  name: "escrow/tell-missing-tokens",
  everyMs: 60_000,
  run: async () => {
    const { store, clock } = parts.kernel;
    const untold = await store.read(platform, (tx) => readUntoldTokens(tx, clock.now() - DAY, BATCH));
    for (const { tenantId, device } of untold) {
      await store.write(systemScope(tenantId, "escrow"), async (tx) => {
        const { deviceId } = device;
        await updateEscrowDevice(tx, deviceId, { tokenToldAt: tx.now });
        const known = await readDevice(tx, deviceId);
        if (known?.mdmEnrolled !== true) return;
        if ((await readHeld(tx, deviceId, "bootstrapToken", "current")) !== undefined) return;
        await tx.publish({ type: "escrow.bootstrap-token-missing", deviceId, data: { since: device.enrolledAt } });
        if (await isAsked(tx, deviceId, "bootstrapToken", "status")) return;
        const about = { deviceId, kind: "bootstrapToken", purpose: "status" } as const;
        await askByOrder(tx, parts, about, "bootstrap-token-status");
        await askByOrder(tx, parts, about, "secure-token-status");
      });
    }
  },
});

/** Old values go when the tenant's time for them is over; never while nothing confirmed has taken their place. */
export const forgetOld = (parts: EscrowParts): Job => ({
  name: "escrow/forget-old",
  everyMs: HOUR,
  run: async () => {
    const { store, clock } = parts.kernel;
    const old = await store.read(platform, (tx) => readRetired(tx, clock.now() - LEAST_KEPT_MS, BATCH));
    for (const { tenantId, row } of old) {
      await store.write(systemScope(tenantId, "escrow"), async (tx) => {
        const { keepOldDays } = await readPolicy(tx, row.kind);
        const current = await readHeld(tx, row.deviceId, row.kind, "current");
        if ((current?.confirmedAt ?? null) === null || (row.retiredAt ?? tx.now) > tx.now - keepOldDays * DAY) return;
        await deleteSecret(tx, row.id);
      });
    }
  },
});
