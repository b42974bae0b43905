import { type EnrollmentRefusal, listRefusals as listRefusalsContract } from "@pomona/contract";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { PomonaError } from "../../kernel/errors.ts";
import { readDeviceNames } from "../devices/index.ts";
import { type RefusalRow, readRefusals } from "./refusals.sql.ts";

const time = (ms: number): string => new Date(ms).toISOString();

export const listRefusals: BoundAction = bindAction(listRefusalsContract, {
  run: async ({ tx }, { limit = 100, cursor, reason }) => {
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const rows = await readRefusals(tx, { limit: limit + 1, reason, after });
    const page = rows.slice(0, limit);
    const names = await readDeviceNames(tx, [...new Set(page.flatMap(({ deviceId }) => deviceId ?? []))]);
    const last = page.at(-1);
    return {
      items: page.map((row) => toRefusal(row, row.deviceId === null ? undefined : names.get(row.deviceId))),
      nextCursor: rows.length > limit && last !== undefined ? `${last.lastAt}.${last.id}` : null,
    };
  },
});

const toRefusal = (row: RefusalRow, deviceName: string | undefined): EnrollmentRefusal => ({
  id: row.id,
  reason: row.reason,
  detail: row.detail,
  firstAt: time(row.firstAt),
  lastAt: time(row.lastAt),
  times: row.times,
  deviceId: row.deviceId,
  deviceName: deviceName ?? null,
  claimedSerialNumber: row.serialNumber,
  claimedUdid: row.identifier,
  address: row.address,
});

function readCursor(cursor: string): { readonly lastAt: number; readonly id: string } {
  const [, at, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined)
    throw new PomonaError("invalid", "enrollment.cursor", "This cursor is none of ours: begin again without one.");
  return { lastAt: Number(at), id };
}
