import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type EscrowRig, escrowRig } from "../../testing/escrow-rig.ts";
import type { SecretRow } from "./model.ts";
import { SecretBook } from "./secret-book.ts";
import { readSecret, readSecrets } from "./secrets.sql.ts";

const EVENTS = ["pend", "store", "confirm", "prove", "refuse", "deny", "report", "retire"] as const;
const steps = fc.array(fc.record({ event: fc.constantFrom(...EVENTS), which: fc.nat({ max: 9 }) }), {
  minLength: 3,
  maxLength: 25,
  size: "max",
});
type Step = { readonly event: (typeof EVENTS)[number]; readonly which: number };

/** What is known of one value beside the store. */
interface Kept {
  readonly id: string;
  readonly value: string;
}

async function play(rig: EscrowRig, events: readonly Step[]): Promise<void> {
  const tenantId = await rig.newTenant("Orchard");
  const [deviceId, neighbour] = [await rig.newMac(tenantId), await rig.newMac(tenantId)];
  const book = new SecretBook(rig.kernel.vault);
  const kept: Kept[] = [];
  let current: string | undefined;
  let fresh = 0;
  const newSecret = (device = deviceId) => {
    fresh += 1;
    return { deviceId: device, kind: "recoveryLock" as const, value: `value ${fresh}`, source: "test" };
  };
  const theirs = await rig.write(tenantId, (tx) => book.keepCurrent(tx, newSecret(neighbour)));
  for (const { event, which } of events) {
    rig.clock.advance(1000);
    await rig.write(tenantId, async (tx) => {
      if (event === "pend" || event === "store" || kept.length === 0) {
        const secret = newSecret();
        const row = event === "store" ? await book.keepCurrent(tx, secret) : await book.keepPending(tx, secret);
        kept.push({ id: row.id, value: secret.value });
        if (event === "store") current = row.id;
        return;
      }
      const row = (await readSecret(tx, kept[which % kept.length]!.id))!;
      if (event === "confirm" || event === "prove") {
        await book.confirm(tx, row, event === "prove" ? "right" : row.verdict);
        current = row.id;
      } else if (event === "refuse" || event === "deny")
        await book.refuse(tx, row, "the Mac said no", event === "deny" ? "wrong" : "unknown");
      else if (event === "report" && row.slot === "old") await book.bringBack(tx, row);
      else if (event === "retire") {
        await book.retire(tx, row, "it is gone from the Mac");
        if (current === row.id) current = undefined;
      }
    });
    const rows = await rig.write(tenantId, (tx) => readSecrets(tx, deviceId, "recoveryLock"));
    check(rows, kept, current, (row) => book.text(tenantId, row));
    const untouched = await rig.write(tenantId, (tx) => readSecret(tx, theirs.id));
    assert.equal(untouched?.slot, "current", "another Mac's value is its own");
  }
}

function check(
  rows: readonly SecretRow[],
  kept: readonly Kept[],
  current: string | undefined,
  textOf: (row: SecretRow) => string,
): void {
  const values = (list: readonly Kept[]) => list.map(({ id, value }) => `${id} ${value}`).toSorted();
  assert.deepEqual(values(rows.map((row) => ({ id: row.id, value: textOf(row) }))), values(kept), "nothing is lost");
  const inSlot = (slot: SecretRow["slot"]) => rows.filter((row) => row.slot === slot).map(({ id }) => id);
  assert.deepEqual(inSlot("current"), current === undefined ? [] : [current], "what was confirmed last is current");
  assert.ok(inSlot("pending").length <= 1, "one value waits at most");
  for (const row of rows) assert.equal(row.slot === "old", row.retiredAt !== null, "history says since when");
}

test("whatever a Mac reports, proves and refuses in whatever order: nothing is lost, and what it confirmed last is current", async () => {
  await using rig = await escrowRig();
  await fc.assert(
    fc.asyncProperty(steps, (events) => play(rig, events)),
    { numRuns: 25 },
  );
});
