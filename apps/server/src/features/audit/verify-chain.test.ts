import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { asId } from "@pomona/facts";
import { systemScope } from "../../kernel/scope.ts";
import { type TestKernel, testKernel } from "../../testing/test-kernel.ts";
import { eraseField } from "./audit.sql.ts";
import { createAudit } from "./feature.ts";
import { auditTrail } from "./record-entry.ts";
import { verifyChain } from "./verify-chain.ts";

const scope = systemScope(asId<"tenant">("t1"), "test");

async function withEntries(kernel: TestKernel, count: number): Promise<void> {
  kernel.migrate([createAudit()]);
  for (let i = 1; i <= count; i += 1) {
    await kernel.store.write(scope, (tx) =>
      auditTrail.record(tx, { action: "a.b", outcome: "done", input: { n: i, who: "eva" } }),
    );
  }
}
const verify = (kernel: TestKernel) =>
  kernel.store.read(scope, (tx) => verifyChain.run({ scope, tx: tx as never, prepared: undefined }, {})) as Promise<{
    valid: boolean;
    entries: number;
    brokenAt: number | null;
  }>;

/** What someone with the file in hand does. */
function tamper(kernel: TestKernel, sql: string): void {
  const database = new DatabaseSync(`${kernel.dir}/pomona.db`);
  database.exec(sql);
  database.close();
}

test("a chain that nobody touched is valid, and each tenant has its own", async () => {
  await using kernel = testKernel();
  await withEntries(kernel, 5);
  assert.deepEqual({ ...(await verify(kernel)), head: "" }, { valid: true, entries: 5, brokenAt: null, head: "" });
  const other = systemScope(asId<"tenant">("t2"), "test");
  await kernel.store.write(other, (tx) => auditTrail.record(tx, { action: "a.b", outcome: "done", input: {} }));
  assert.equal((await verify(kernel)).entries, 5);
});

for (const [what, sql] of [
  ["a changed field", "UPDATE audit_fields SET value = '\"adam\"' WHERE sequence = 3 AND name = 'input.who'"],
  ["a changed outcome", "UPDATE audit_entries SET outcome = 'failed' WHERE sequence = 3"],
  ["a changed time", "UPDATE audit_entries SET at = at + 1 WHERE sequence = 3"],
  ["a removed entry", "DELETE FROM audit_entries WHERE sequence = 3"],
] as const) {
  test(`${what} breaks the chain where it stands`, async () => {
    await using kernel = testKernel();
    await withEntries(kernel, 5);
    tamper(kernel, sql);
    const { valid, brokenAt } = await verify(kernel);
    assert.deepEqual([valid, brokenAt], [false, 3]);
  });
}

test("a personal field can be erased, and the chain still holds", async () => {
  await using kernel = testKernel();
  await withEntries(kernel, 3);
  await kernel.store.write(scope, (tx) => eraseField(tx, 2, "input.who"));
  assert.equal((await verify(kernel)).valid, true);
});
