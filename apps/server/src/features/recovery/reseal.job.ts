import type { Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { type Sealed, type SealedColumn, sealedPlace } from "../../kernel/secret.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { nameOf } from "./model.ts";
import { putReseal, type ResealRow, readReseal, readResealing } from "./reseals.sql.ts";
import { readSealedRows, type SealedRow, writeSealed } from "./sealed-rows.sql.ts";

/** Rows in one transaction: some milliseconds, in which nobody else writes. */
const SLICE = 100;
/** Slices of one tenant in one run, so that many tenants take turns. */
const SLICES = 20;
const TENANTS = 50;

/**
 * Seals older values under the newest data key, slice by slice. Each slice and how far it came are one transaction, so that a cut
 * repeats nothing and skips nothing. A value that does not open is counted and left as it is.
 */
export const resealOld = (kernel: Kernel, sealed: readonly SealedColumn[]): Job => ({
  name: "recovery/reseal",
  everyMs: 1_000,
  run: async () => {
    const { store } = kernel;
    for (const tenantId of await store.read(systemScope(PLATFORM, "recovery"), (tx) => readResealing(tx, TENANTS))) {
      for (let slice = 0; slice < SLICES; slice++) {
        const isOver = await store.write(systemScope(tenantId, "recovery"), (tx) => nextSlice(tx, kernel, sealed));
        if (isOver) break;
      }
    }
  },
});

async function nextSlice(tx: WriteTransaction, kernel: Kernel, sealed: readonly SealedColumn[]): Promise<boolean> {
  const reseal = await readReseal(tx);
  if (reseal === undefined || reseal.endedAt !== null) return true;
  const at = sealed.findIndex((column) => nameOf(column) === reseal.place);
  const column = sealed[at];
  // A column that this version no longer knows: from the beginning, what is done is passed over.
  if (column === undefined) return move(tx, reseal, sealed[0]);
  const rows = await readSealedRows(tx, column, reseal.cursor, SLICE);
  let { resealed, failed } = reseal;
  for (const row of rows) {
    const done = await resealRow(tx, kernel, column, row, reseal.kid);
    resealed += done.resealed;
    failed += done.failed;
  }
  const counted = { ...reseal, resealed, failed };
  if (rows.length < SLICE) return move(tx, counted, sealed[at + 1]);
  await putReseal(tx, { ...counted, cursor: String(rows.at(-1)![column.id!]) });
  return false;
}

async function move(tx: WriteTransaction, reseal: ResealRow, to: SealedColumn | undefined): Promise<boolean> {
  if (to !== undefined) {
    await putReseal(tx, { ...reseal, place: nameOf(to), cursor: "" });
    return false;
  }
  const { kid, resealed, failed } = reseal;
  await putReseal(tx, { ...reseal, endedAt: tx.now });
  await tx.publish({ type: "recovery.reseal-ended", data: { kid, resealed, failed } });
  return true;
}

async function resealRow(
  tx: WriteTransaction,
  { vault }: Kernel,
  column: SealedColumn,
  row: SealedRow,
  kid: string,
): Promise<{ readonly resealed: number; readonly failed: number }> {
  const text = row[column.column];
  const { tenantId } = tx.scope;
  const counts = { resealed: 0, failed: 0 };
  if (typeof text !== "string") return counts;
  const again = (sealed: Sealed, field?: string): Sealed => {
    if (sealed.kid === kid || sealed.recipient !== "tenant") return sealed;
    const place = sealedPlace(column, row, field);
    try {
      const renewed = vault.seal(tenantId, place, vault.open(tenantId, place, sealed).expose());
      counts.resealed += 1;
      return renewed;
    } catch {
      counts.failed += 1;
      return sealed;
    }
  };
  const renewed = mapSealed(column, JSON.parse(text), again);
  if (counts.resealed > 0) await writeSealed(tx, column, row, JSON.stringify(renewed));
  return counts;
}

type Fields = Readonly<Record<string, unknown>>;

function mapSealed(column: SealedColumn, value: unknown, change: (sealed: Sealed, field?: string) => Sealed): unknown {
  if (column.isNested !== true) return change(value as Sealed);
  const changed = Object.entries(value as Fields).map(([field, each]) => {
    const sealed = (each as { readonly $sealed?: Sealed } | null)?.$sealed;
    return [field, sealed === undefined ? each : { $sealed: change(sealed, field) }];
  });
  return Object.fromEntries(changed) as Fields;
}
