import assert from "node:assert/strict";
import { test } from "node:test";
import { asId } from "@pomona/facts";
import type { Scope } from "../../kernel/scope.ts";
import { testKernel } from "../../testing/test-kernel.ts";
import { budgetOf } from "./budget.ts";
import { createAccess } from "./feature.ts";

const scopeOf = (tenant: string): Scope => ({
  tenantId: asId<"tenant">(tenant),
  actor: { kind: "token", id: "thief", name: "thief" },
  permissions: new Set(),
});

test("requests that come at once share one budget, and each tenant has its own", async () => {
  await using kernel = testKernel();
  kernel.migrate([createAccess(kernel, () => "").feature]);
  const budget = budgetOf({ change: 100, rootEquivalent: 100, destructive: 20 });
  const charge = (tenant: string) =>
    kernel.store.write(scopeOf(tenant), (tx) => budget.charge(tx, "destructive", 1, "erase"));
  const tries = await Promise.allSettled(Array.from({ length: 60 }, () => charge("t1")));
  assert.equal(tries.filter(({ status }) => status === "fulfilled").length, 20);
  await charge("t2");
});
