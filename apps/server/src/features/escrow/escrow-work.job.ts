import type { TenantId } from "@pomona/facts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Job } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { askForCode } from "./activation-lock.ts";
import { beginRotation, prepareRotation } from "./begin-rotation.ts";
import { readDueCodes, readDueProfiles, updateEscrowDevice } from "./devices.sql.ts";
import { sendEscrowProfile } from "./escrow-profile.ts";
import type { RotationRow } from "./model.ts";
import type { EscrowParts } from "./ports.ts";
import { readDueRotations, readRotation } from "./rotations.sql.ts";
import { readToRotate, updateSecret } from "./secrets.sql.ts";
import { scheduleRotation, setRotation } from "./set-rotation.ts";

const BATCH = 50;
const platform = systemScope(PLATFORM, "escrow");
const inTenant = (parts: EscrowParts, tenantId: TenantId, body: (tx: WriteTransaction) => Promise<void>) =>
  parts.kernel.store.write(systemScope(tenantId, "escrow"), body);

/** Sends the escrow profile to Macs that have not got it, or have that of an older certificate. */
export const sendProfiles = (parts: EscrowParts): Job => ({
  name: "escrow/send-profiles",
  everyMs: 2_000,
  run: async () => {
    for (const { tenantId, device } of await parts.kernel.store.read(platform, (tx) => readDueProfiles(tx, BATCH))) {
      const key = await parts.keys.current(tenantId);
      const send = (tx: WriteTransaction) => sendEscrowProfile(tx, parts, device.deviceId, key);
      await inTenant(parts, tenantId, send).catch(async (error: unknown) => {
        if (!(error instanceof PomonaError)) throw error;
        // It has left, or is a person's own: the profile is not for it.
        await inTenant(parts, tenantId, (tx) => updateEscrowDevice(tx, device.deviceId, { profileState: "failed" }));
      });
    }
  },
});

/** Begins rotations whose time has come: by schedule, after a reveal, because somebody asked. */
export const rotateDue = (parts: EscrowParts): Job => ({
  name: "escrow/rotate-due",
  everyMs: 2_000,
  run: async () => {
    const { store } = parts.kernel;
    for (const { tenantId, row } of await store.read(platform, (tx) => readToRotate(tx, BATCH))) {
      await inTenant(parts, tenantId, async (tx) => {
        await updateSecret(tx, row.id, { rotateAt: null });
        const reason = row.revealedAt === null ? "schedule" : "reveal";
        await scheduleRotation(tx, row.deviceId, row.kind, { reason, dueAt: tx.now });
      });
    }
    for (const { tenantId, rotation } of await store.read(platform, (tx) => readDueRotations(tx, BATCH)))
      await beginDue(parts, tenantId, rotation);
  },
});

/** What says nothing about the Mac or its key: it is tried again, and the others go on. */
const LATER: ReadonlySet<string> = new Set([
  "kms.refused",
  "kms.unreachable",
  "escrow.changed-meanwhile",
  "escrow.set-under-way",
]);
const LATER_MS = 300_000;

async function beginDue(
  parts: EscrowParts,
  tenantId: TenantId,
  { deviceId, kind }: Pick<RotationRow, "deviceId" | "kind">,
): Promise<void> {
  try {
    const means = await prepareRotation(parts, tenantId, deviceId, kind);
    await inTenant(parts, tenantId, async (tx) => {
      if ((await readRotation(tx, deviceId, kind))?.state === "scheduled")
        await beginRotation(tx, parts, deviceId, kind, means);
    });
  } catch (error) {
    if (!(error instanceof PomonaError)) throw error;
    const { code, message } = error;
    await inTenant(parts, tenantId, async (tx) => {
      if (LATER.has(code))
        await setRotation(tx, deviceId, kind, "scheduled", { error: message, dueAt: tx.now + LATER_MS });
      else await setRotation(tx, deviceId, kind, "failed", { error: message });
    });
  }
}

/** Asks Macs for their own bypass codes within the days in which they hand them out. */
export const fetchCodes = (parts: EscrowParts): Job => ({
  name: "escrow/fetch-codes",
  everyMs: 5_000,
  run: async () => {
    for (const { tenantId, device } of await parts.kernel.store.read(platform, (tx) => readDueCodes(tx, BATCH))) {
      const { deviceId } = device;
      await inTenant(parts, tenantId, (tx) => askForCode(tx, parts, deviceId)).catch(async (error: unknown) => {
        if (!(error instanceof PomonaError)) throw error;
        await inTenant(parts, tenantId, (tx) =>
          updateEscrowDevice(tx, deviceId, { codeDueAt: null, codeNote: error.message.slice(0, 500) }),
        );
      });
    }
  },
});
