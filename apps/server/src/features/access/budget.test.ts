import assert from "node:assert/strict";
import { test } from "node:test";
import { asId } from "@pomona/facts";
import { Performer } from "../../kernel/perform.ts";
import { type Scope, systemScope } from "../../kernel/scope.ts";
import { MovableClock, type TestKernel, testKernel } from "../../testing/test-kernel.ts";
import { budgetOf, undoPolicy } from "./budget.ts";
import { createAccess } from "./feature.ts";
import { DEFAULT_LIMITS, LOOSENING_MS } from "./limits-model.ts";

const scopeOf = (tenant: string, who = "thief"): Scope => ({
  tenantId: asId<"tenant">(tenant),
  actor: { kind: "token", id: who, name: who },
  permissions: new Set(),
});

test("requests that come at once share one budget, and each tenant has its own", async () => {
  await using kernel = testKernel();
  kernel.migrate([createAccess(kernel, () => "").feature]);
  const budget = budgetOf(DEFAULT_LIMITS);
  const charge = (tenant: string) =>
    kernel.store.write(scopeOf(tenant), (tx) => budget.charge(tx, "destructive", 1, "erase"));
  const tries = await Promise.allSettled(Array.from({ length: 60 }, () => charge("t1")));
  assert.equal(tries.filter(({ status }) => status === "fulfilled").length, 20);
  await charge("t2");
});

const exceeded = { code: "budget.exceeded" };

test("all actors of a tenant share a budget beside their own", async () => {
  await using kernel = testKernel();
  kernel.migrate([createAccess(kernel, () => "").feature]);
  const budget = budgetOf(DEFAULT_LIMITS);
  const charge = (who: string, devices: number) =>
    kernel.store.write(scopeOf("t1", who), (tx) => budget.charge(tx, "destructive", devices, "erase"));
  await charge("a", 20);
  await charge("b", 15);
  await assert.rejects(charge("c", 6), { ...exceeded, detail: { limit: 40, risk: "destructive", devices: 41 } });
  await charge("c", 5);
  await assert.rejects(charge("d", 1), exceeded);
});

/** Does an action of the feature as an administrator would, through `perform`. */
async function act(kernel: TestKernel, name: string, input: unknown): Promise<unknown> {
  const { actions } = createAccess(kernel, () => "").feature;
  const performer = new Performer(kernel, {
    audit: { record: async () => {} },
    budget: budgetOf(DEFAULT_LIMITS),
    idempotency: { find: async () => undefined, keep: async () => {} },
  });
  const action = actions.find(({ contract }) => contract.name === name)!;
  return performer.perform(action, { ...scopeOf("t1"), permissions: new Set(["*"]) }, input);
}
type Shown = {
  limits: { destructive: { perActor: number; undoSeconds: number; pending: unknown } };
  exceeded: unknown[];
};

test("a lowered limit counts at once, a raised one after an hour and never silently", async () => {
  const clock = new MovableClock(Date.now());
  await using kernel = testKernel(clock);
  kernel.migrate([createAccess(kernel, () => "").feature]);
  const budget = budgetOf(DEFAULT_LIMITS);
  const charge = () => kernel.store.write(scopeOf("t1"), (tx) => budget.charge(tx, "destructive", 3, "erase"));
  const windowMs = () =>
    kernel.store.read(systemScope(asId<"tenant">("t1"), "t"), (tx) =>
      undoPolicy(DEFAULT_LIMITS).windowMs(tx, "destructive"),
    );
  await act(kernel, "access.set-limits", { risk: "destructive", perActor: 2, undoSeconds: 60 });
  await assert.rejects(charge(), exceeded);
  assert.equal(await windowMs(), 60_000);

  const wish = { risk: "destructive", perActor: 50, undoSeconds: 0 };
  const { limits } = (await act(kernel, "access.set-limits", wish)) as Shown;
  assert.deepEqual([limits.destructive.perActor, limits.destructive.undoSeconds], [2, 60]);
  assert.ok(limits.destructive.pending !== null);
  clock.advance(LOOSENING_MS - 1000);
  await assert.rejects(charge(), exceeded);
  clock.advance(1000);
  await charge();
  assert.equal(await windowMs(), 0);
  const told = await kernel.store.readAfter(0, { types: ["limits.changed"], limit: 10 });
  assert.deepEqual(
    told.map(({ data }) => (data as { isLoosened: boolean }).isLoosened),
    [false, true],
  );
});

test("an announced limit is taken back by a tighter one", async () => {
  await using kernel = testKernel();
  kernel.migrate([createAccess(kernel, () => "").feature]);
  await act(kernel, "access.set-limits", { risk: "destructive", perActor: 500 });
  const { limits } = (await act(kernel, "access.set-limits", { risk: "destructive", perActor: 5 })) as Shown;
  assert.equal(limits.destructive.perActor, 5);
  assert.equal(limits.destructive.pending, null);
});

test("a try beyond a limit is told with its numbers although it was refused, and stays visible", async () => {
  await using kernel = testKernel();
  const { feature } = createAccess(kernel, () => "");
  kernel.migrate([feature]);
  await act(kernel, "access.set-limits", { risk: "rootEquivalent", perActor: 1 });
  await assert.rejects(act(kernel, "access.set-limits", { risk: "rootEquivalent", perActor: 9 }), exceeded);
  const [fact] = await kernel.store.readAfter(0, { types: ["budget.exceeded"], limit: 10 });
  const told = { action: "access.set-limits", actor: "thief", limit: 1, risk: "rootEquivalent", devices: 2 };
  assert.deepEqual(fact?.data, told);
  const handler = feature.factHandlers!.find(({ name }) => name === "access/on-budget-exceeded")!;
  await kernel.store.write(systemScope(fact!.tenantId, "t"), (tx) => handler.handle(tx, fact!));
  const { exceeded: tries } = (await act(kernel, "access.show-limits", {})) as Shown;
  assert.deepEqual(tries, [{ ...told, at: new Date(fact!.at).toISOString() }]);
});
