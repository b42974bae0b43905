import { listDevices as contract } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import { PomonaError } from "../../kernel/errors.ts";
import { type DeviceOrder, readDevices, type SortField } from "./devices.sql.ts";
import { type DeviceRow, toDevice } from "./model.ts";
import type { SeenTimes } from "./seen-times.ts";

export const listDevices = (seen: SeenTimes) =>
  bindAction(contract, {
    run: async ({ tx }, { limit = 100, cursor, q = "", sort = "name", ...filter }) => {
      const isDescending = sort.startsWith("-");
      const field = sort.replace("-", "") as SortField;
      const order: DeviceOrder = {
        field,
        isDescending,
        ...(cursor === undefined ? {} : { after: decodeCursor(cursor) }),
      };
      const { rows, total } = await readDevices(tx, { words: wordsOf(q), ...filter }, order, limit + 1);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map((row) => toDevice(row, seen.of(row.id))),
        nextCursor: rows.length > limit && last !== undefined ? encodeCursor(field, last) : null,
        total,
      };
    },
  });

/** The words of a search, each of which must be found. */
export const wordsOf = (q: string): readonly string[] =>
  q
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, 10);

const VALUES: Readonly<Record<SortField, (row: DeviceRow) => string | number | null>> = {
  name: (row) => row.name,
  serialNumber: (row) => row.serialNumber,
  model: (row) => row.model,
  osVersion: (row) => row.osVersion,
  createdAt: (row) => row.createdAt,
  agentLastSeenAt: (row) => row.agentSeenAt,
  mdmLastSeenAt: (row) => row.mdmSeenAt,
};

const encodeCursor = (field: SortField, row: DeviceRow): string =>
  Buffer.from(JSON.stringify([VALUES[field](row) ?? "", row.id])).toString("base64url");

function decodeCursor(cursor: string): { readonly value: string | number; readonly id: string } {
  try {
    const [value, id] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown[];
    if ((typeof value === "string" || typeof value === "number") && typeof id === "string") return { value, id };
  } catch {
    // Falls through: any unreadable cursor gets the same answer.
  }
  throw new PomonaError("invalid", "cursor.invalid", "This cursor is not one of ours. Start again without it.");
}
