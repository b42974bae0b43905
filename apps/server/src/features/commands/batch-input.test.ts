import assert from "node:assert/strict";
import { test } from "node:test";
import { enrolledMacs, SCOPE, TENANT, testBatches } from "../../testing/test-batches.ts";
import { readInput } from "./batch-rows.sql.ts";
import { openInput } from "./command-input.ts";
import { readAllOpen } from "./commands.sql.ts";
import { definitionOf } from "./definitions.ts";

test("the input of a batch is kept once and sealed, and each of its commands renders it", async () => {
  const stage = await testBatches();
  await using kernel = stage.kernel;
  const ids = await enrolledMacs(kernel, 3);
  const payload = Buffer.from("a profile with a password").toString("base64");
  await stage.act("batches.create", { requestType: "InstallProfile", input: { payload }, filter: {} });
  stage.clock.advance(31_000);
  await stage.carryOut();
  for (const id of ids)
    await kernel.store.read(SCOPE, async (tx) => {
      const [row] = await readAllOpen(tx, id);
      assert.equal(row!.input, "");
      const packed = await readInput(tx, row!);
      assert.equal(packed.input.includes(payload), false);
      assert.deepEqual(openInput(kernel.vault, TENANT, packed, definitionOf(row!)), { payload });
    });
});
