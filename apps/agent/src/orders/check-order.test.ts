import assert from "node:assert/strict";
import { test } from "node:test";
import { makeOrder } from "../testing/make-order.ts";
import { DEVICE, TENANT } from "../testing/test-server.ts";
import { checkOrder } from "./check-order.ts";

const context = { tenantId: TENANT, deviceId: DEVICE, epoch: 3, now: 1_000_000 };
const valid = { epoch: 3, expires: 1_000_001 };

test("an order that fits its envelope runs, also one of a newer epoch", () => {
  assert.equal(checkOrder(makeOrder("ping", {}, valid), context).verdict, "run");
  assert.equal(checkOrder(makeOrder("ping", {}, { ...valid, epoch: 9 }), context).verdict, "run");
});

test("an order for another tenant or device is passed over without a word", () => {
  assert.equal(checkOrder(makeOrder("ping", {}, { ...valid, tenant: DEVICE }), context).verdict, "ignore");
  assert.equal(checkOrder(makeOrder("ping", {}, { ...valid, target: TENANT }), context).verdict, "ignore");
});

test("an order that expired is expired, to the millisecond", () => {
  const judged = checkOrder(makeOrder("ping", {}, { ...valid, expires: context.now }), context);
  assert.deepEqual(judged.verdict === "refuse" && judged.state, "expired");
});

test("an altered body, an older epoch, another risk, an unknown kind and a wrong input are refused", () => {
  const script = makeOrder("run-script", { script: "true" }, valid);
  const cases = [
    { ...script, input: { script: "false" } },
    { ...script, type: "ping" },
    makeOrder("ping", {}, { ...valid, epoch: 2 }),
    makeOrder("run-script", { script: "true" }, { ...valid, risk: "read" }),
    makeOrder("__proto__", {}, valid),
    makeOrder("erase-everything", {}, valid),
    makeOrder("run-script", { script: 1 }, valid),
    makeOrder("run-script", { script: "true", sudo: true }, valid),
    makeOrder("kill-process", { pid: 1 }, valid),
  ];
  for (const order of cases) {
    const judged = checkOrder(order, context);
    assert.equal(judged.verdict === "refuse" && judged.state, "failed", JSON.stringify(order));
  }
});
