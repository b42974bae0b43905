import assert from "node:assert/strict";
import { test } from "node:test";
import { asId } from "@pomona/facts";
import { systemScope } from "../../kernel/scope.ts";
import { MovableClock, testKernel } from "../../testing/test-kernel.ts";
import { MOST_OF_A_REASON, putRefusal, readRefusals, refusalMigrations } from "./refusals.sql.ts";

test("of each reason the newest are kept, so that a fleet of expired Macs does not hide a replay", async () => {
  const clock = new MovableClock(1_000_000);
  await using kernel = testKernel(clock);
  kernel.store.migrate(refusalMigrations);
  const put = (tenant: string, reason: "replay" | "expired", certificate: string) => {
    clock.advance(1);
    return kernel.store.write(systemScope(asId<"tenant">(tenant), "test"), (tx) =>
      putRefusal(
        tx,
        { certificate, reason, detail: null, deviceId: null, serialNumber: null, identifier: null, address: null },
        1,
      ),
    );
  };
  await put("other", "expired", "c");
  await put("acme", "replay", "c");
  await put("acme", "expired", "first");
  for (let i = 0; i < MOST_OF_A_REASON; i++) await put("acme", "expired", `c${i}`);
  await put("acme", "expired", "c1");
  const read = (tenant: string, reason: "replay" | "expired") =>
    kernel.store.read(systemScope(asId<"tenant">(tenant), "test"), (tx) => readRefusals(tx, { limit: 1000, reason }));
  const expired = await read("acme", "expired");
  assert.equal(expired.length, MOST_OF_A_REASON);
  assert.deepEqual(
    [expired[0]!.certificate, expired[0]!.times, expired.at(-1)!.certificate],
    ["c1", 2, "c0"],
    "the one that was longest not heard of went",
  );
  assert.equal((await read("acme", "replay")).length, 1);
  assert.equal((await read("other", "expired")).length, 1);
});
