import { listRenewals, type Renewal, renewDevice, renewDevices } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { readDevice, readDevices } from "../devices/index.ts";
import { readEnrollmentOfDevice } from "../enrollment/index.ts";
import { type RenewalRow, STRANDING_MS } from "./model.ts";
import { reasonOf } from "./reason.ts";
import { readRenewal, readRenewals } from "./renewals.sql.ts";
import type { Renewer } from "./renewer.ts";

const DAY = 86_400_000;
const MOST = 1000;
const time = (ms: number): string => new Date(ms).toISOString();

async function toRenewal(tx: ReadTransaction, row: RenewalRow): Promise<Renewal> {
  const device = await readDevice(tx, row.deviceId);
  const isWaiting = row.state === "due" || row.state === "failed";
  return {
    deviceId: row.deviceId,
    deviceName: device?.name ?? "",
    serialNumber: device?.serialNumber ?? null,
    state: row.state,
    expiresAt: time(row.expiresAt),
    attempts: row.attempts,
    nextAt: isWaiting ? time(row.nextAt) : null,
    commandId: row.commandId,
    isStranding: row.expiresAt - tx.now < STRANDING_MS,
    reason: reasonOf(row, device, tx.now),
  };
}

export const renewalActions = (kernel: Kernel, renewer: Renewer): readonly BoundAction[] => [
  bindAction(listRenewals, {
    run: async ({ tx }, { limit = 100, cursor, state, stranding, deviceId }) => {
      const filter = {
        state,
        deviceId: deviceId === undefined ? undefined : asId<"device">(deviceId),
        endsBefore: stranding === undefined ? undefined : tx.now + STRANDING_MS,
        after: cursor === undefined ? undefined : readCursor(cursor),
      };
      const rows = await readRenewals(tx, filter, limit + 1);
      const page = rows.slice(0, limit);
      const items: Renewal[] = [];
      for (const row of page) items.push(await toRenewal(tx, row));
      const last = page.at(-1);
      return { items, nextCursor: rows.length > limit && last ? `${last.expiresAt}.${last.deviceId}` : null };
    },
  }),

  bindAction(renewDevice, {
    run: async ({ tx }, input) => {
      const deviceId = asId<"device">(input.deviceId);
      if ((await readDevice(tx, deviceId)) === undefined) throw notFound("device", input.deviceId);
      const row = await renewer.ask(tx, deviceId);
      if (row === undefined)
        throw new PomonaError(
          "conflict",
          "renewal.not-enrolled",
          "This Mac is not enrolled: there is nothing to renew.",
        );
      return toRenewal(tx, row);
    },
    finish: async (scope, { deviceId }, asked) => {
      await renewer.sendNow(scope.tenantId, asId<"device">(deviceId));
      return kernel.store.read(scope, async (tx) => {
        const row = await readRenewal(tx, asId<"device">(deviceId));
        return row === undefined ? asked : toRenewal(tx, row);
      });
    },
  }),

  bindAction(renewDevices, {
    devicesTouched: ({ limit = MOST }) => limit,
    run: async ({ tx }, { q = "", limit = MOST, endsWithinDays, ...filter }) => {
      const words = q
        .split(/\s+/)
        .filter((word) => word !== "")
        .slice(0, 10);
      const order = { field: "name", isDescending: false } as const;
      const { rows } = await readDevices(tx, { words, mdm: "enrolled", ...filter }, order, limit);
      let devices = 0;
      for (const { id } of rows) {
        const ends = (await readEnrollmentOfDevice(tx, id))?.pinExpiresAt ?? null;
        if (ends === null || (endsWithinDays !== undefined && ends > tx.now + endsWithinDays * DAY)) continue;
        if ((await renewer.ask(tx, id)) !== undefined) devices += 1;
      }
      return { devices };
    },
  }),
];

function readCursor(cursor: string): { readonly expiresAt: number; readonly deviceId: string } {
  const [, at, deviceId] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (at === undefined || deviceId === undefined)
    throw new PomonaError("invalid", "cursor.invalid", "This cursor is not one of ours. Start again without it.");
  return { expiresAt: Number(at), deviceId };
}
