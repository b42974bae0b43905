import assert from "node:assert/strict";
import { test } from "node:test";
import { defineAction } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { Type } from "typebox";
import { createAccess } from "../features/access/feature.ts";
import { budgetOf, idempotency } from "../features/access/index.ts";
import { createAudit } from "../features/audit/feature.ts";
import { auditTrail } from "../features/audit/index.ts";
import { MovableClock, type TestKernel, testKernel } from "../testing/test-kernel.ts";
import { bindAction } from "./action.ts";
import { Performer } from "./perform.ts";
import type { Scope } from "./scope.ts";

const contract = defineAction({
  name: "devices.erase-things",
  summary: "Erase things",
  method: "POST",
  path: "/things",
  risk: "destructive",
  input: Type.Object({ count: Type.Integer(), pin: Type.String() }, { additionalProperties: false }),
  output: Type.Object({ ran: Type.Integer() }),
  auditable: ["count"],
});
const scopeWith = (...permissions: string[]): Scope => ({
  tenantId: asId<"tenant">("t1"),
  actor: { kind: "token", id: "a1", name: "ana" },
  permissions: new Set(permissions),
});
const permitted = scopeWith(contract.name, "audit.list-entries", "audit.verify-chain");

async function setUp(kernel: TestKernel) {
  const audit = createAudit();
  kernel.migrate([audit, createAccess(kernel, () => "").feature]);
  let ran = 0;
  const action = bindAction(contract, {
    devicesTouched: ({ count }) => count,
    run: async (_, { pin }) => {
      if (pin === "fail") throw new Error("disk on fire");
      ran += 1;
      return { ran };
    },
  });
  const limit = (perActor: number) => ({ perActor, perTenant: 100, undoSeconds: 0 });
  const limits = { change: limit(10), rootEquivalent: limit(5), destructive: limit(3) };
  const performer = new Performer(kernel, { audit: auditTrail, budget: budgetOf(limits), idempotency });
  const listAction = audit.actions.find(({ contract: { name } }) => name === "audit.list-entries")!;
  const list = async () =>
    (
      (await performer.perform(listAction, permitted, {})) as {
        items: { outcome: string; input: unknown; reason: unknown }[];
      }
    ).items;
  return { performer, action, list, audit };
}

test("a permitted actor's action runs, and the trail shows what may be shown", async () => {
  await using kernel = testKernel();
  const { performer, action, list } = await setUp(kernel);
  assert.deepEqual(await performer.perform(action, permitted, { count: 1, pin: "123456" }), { ran: 1 });
  const [entry] = await list();
  assert.deepEqual([entry?.outcome, entry?.input], ["done", { count: 1, pin: "(omitted)" }]);
});

test("the trail has what an action says of its input besides, also where it is refused or fails", async () => {
  await using kernel = testKernel();
  const { performer, action, list } = await setUp(kernel);
  const told = { ...action, alsoAudited: (input: unknown) => ({ length: (input as { pin: string }).pin.length }) };
  await performer.perform(told, permitted, { count: 1, pin: "123456" });
  await assert.rejects(performer.perform(told, scopeWith(), { count: 1, pin: "12" }));
  await assert.rejects(performer.perform(told, permitted, { count: 1, pin: "fail" }));
  assert.deepEqual(
    (await list()).map(({ input }) => input),
    [4, 2, 6].map((length) => ({ count: 1, pin: "(omitted)", length })),
  );
});

test("an actor without the permission is refused, and the refusal is on the trail", async () => {
  await using kernel = testKernel();
  const { performer, action, list } = await setUp(kernel);
  await assert.rejects(performer.perform(action, scopeWith(), { count: 1, pin: "x" }), { code: "permission.missing" });
  assert.deepEqual(
    (await list()).map(({ outcome, reason }) => [outcome, reason]),
    [["refused", "permission.missing"]],
  );
});

test("input that does not fit names each field and changes nothing", async () => {
  await using kernel = testKernel();
  const { performer, action, list } = await setUp(kernel);
  await assert.rejects(
    performer.perform(action, permitted, { count: "many", extra: 1 }),
    (error: { detail: { errors: unknown[] } }) => {
      assert.deepEqual(error.detail.errors.map((e) => (e as { path: string }).path).sort(), [
        "",
        "",
        "/count",
        "/extra",
      ]);
      return true;
    },
  );
  assert.deepEqual(await list(), []);
});

test("a failure is undone and leaves its trace", async () => {
  await using kernel = testKernel();
  const { performer, action, list } = await setUp(kernel);
  await assert.rejects(performer.perform(action, permitted, { count: 1, pin: "fail" }), /disk on fire/);
  assert.deepEqual(
    (await list()).map(({ outcome, reason }) => [outcome, reason]),
    [["failed", "fault"]],
  );
});

test("a stolen token stops at its budget, whole requests at a time, until the next hour", async () => {
  const clock = new MovableClock(Date.UTC(2026, 0, 1, 10, 30));
  await using kernel = testKernel(clock);
  const { performer, action } = await setUp(kernel);
  const erase = (count: number) => performer.perform(action, permitted, { count, pin: "x" });
  await erase(2);
  await assert.rejects(erase(2), { code: "budget.exceeded", kind: "exhausted" });
  await erase(1);
  await assert.rejects(erase(1), { code: "budget.exceeded" });
  clock.advance(3_600_000);
  await erase(3);
});

test("the same Idempotency-Key gives the same answer once, another body is refused, and after a day it is new", async () => {
  const clock = new MovableClock(Date.UTC(2026, 0, 1));
  await using kernel = testKernel(clock);
  const { performer, action } = await setUp(kernel);
  const erase = (pin: string) => performer.perform(action, permitted, { count: 0, pin }, { idempotencyKey: "k" });
  assert.deepEqual([await erase("1"), await erase("1")], [{ ran: 1 }, { ran: 1 }]);
  await assert.rejects(erase("2"), { code: "idempotency.other-body" });
  clock.advance(25 * 3_600_000);
  assert.deepEqual(await erase("2"), { ran: 2 });
});

test("a failed request leaves its Idempotency-Key free", async () => {
  await using kernel = testKernel();
  const { performer, action } = await setUp(kernel);
  await assert.rejects(performer.perform(action, permitted, { count: 0, pin: "fail" }, { idempotencyKey: "k" }));
  assert.deepEqual(await performer.perform(action, permitted, { count: 0, pin: "x" }, { idempotencyKey: "k" }), {
    ran: 1,
  });
});
