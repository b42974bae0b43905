import type { Command, CommandOfMac } from "@pomona/contract";
import type { ReadTransaction } from "../../kernel/store.ts";
import { readDeviceNames } from "../devices/index.ts";
import { type CommandRow, toCommand } from "./model.ts";

interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/** A page of one Mac's commands. @param rows one more than `limit` where there are more */
export function pageOf(rows: readonly CommandRow[], limit: number, now: number): Page<Command> {
  const items = rows.slice(0, limit);
  return { items: items.map((row) => toCommand(row, now)), nextCursor: rows.length > limit ? items.at(-1)!.id : null };
}

/** The same over many Macs, each with the name of its Mac. */
export async function pageOfMacs(
  tx: ReadTransaction,
  rows: readonly CommandRow[],
  limit: number,
): Promise<Page<CommandOfMac>> {
  const { items, nextCursor } = pageOf(rows, limit, tx.now);
  const ids = items.map(({ deviceId }) => deviceId);
  const names = await readDeviceNames(tx, ids);
  return {
    items: items.map((item) => ({ ...item, deviceName: names.get(item.deviceId) ?? item.deviceId })),
    nextCursor,
  };
}
