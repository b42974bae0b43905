import type { DeviceId } from "@pomona/facts";
import type { WriteTransaction } from "../../../../kernel/store.ts";
import { type ReportKind, readReports, storeReport } from "../../../devices/index.ts";

/** A list that a Mac answered with, and how much of the whole it is. */
export interface AnsweredList<Item> {
  readonly kind: ReportKind;
  readonly items: readonly Item[];
  /** Set for a part of the list: which items count as the same, and which were asked for by name and are gone if not there. */
  readonly part?: { readonly keyOf: (item: Item) => string; readonly named?: readonly string[] | undefined };
}

/** Keeps a list. A part of one is laid over what was known: who asked for two applications shall not lose the others. */
export async function storeList<Item>(
  tx: WriteTransaction,
  deviceId: DeviceId,
  list: AnsweredList<Item>,
): Promise<void> {
  const { kind, part } = list;
  let { items } = list;
  if (part !== undefined) {
    const known = (await readReports(tx, deviceId, kind)).find(({ source }) => source === "mdm")?.items ?? [];
    const replaced = new Set([...items.map(part.keyOf), ...(part.named ?? [])]);
    items = [...(known as readonly Item[]).filter((item) => !replaced.has(part.keyOf(item))), ...items];
  }
  await storeReport(tx, deviceId, { kind, source: "mdm", at: tx.now, items });
}

/** RFC 3339, or null. */
export const isoTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
