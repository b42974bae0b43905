import assert from "node:assert/strict";
import { test } from "node:test";
import type { DesiredMessage, IncidentMessage } from "@pomona/agent-protocol";
import type { Incident, Rule } from "@pomona/contract";
import { eventually, helloOf, listen, nextMessage, say, testAgents } from "../../testing/test-agents.ts";
import { createProtection } from "./feature.ts";
import { partsOf } from "./model.ts";

const withProtection = (fleetKillsPerMinute = 100) =>
  testAgents({ more: (kernel, agents) => [createProtection(kernel, agents, { fleetKillsPerMinute }).feature] });

const incident = (ruleId: string, changes: Partial<IncidentMessage> = {}): IncidentMessage => ({
  id: "mac-1",
  ruleId,
  process: {
    path: "/Applications/Bad.app/Contents/MacOS/Bad",
    signingId: "com.bad",
    teamId: "EXAMPLE123",
    cdhash: null,
    pid: 4242,
    user: "501",
    parentPath: null,
    arguments: ["Bad"],
  },
  eventAt: Date.now() + 0.25,
  actionAt: Date.now() + 3.5,
  action: "kill",
  outcome: "killed",
  userMessage: "Bad was blocked",
  ...changes,
});

test("a Mac gets the rules at its hello and again when one changes, and its word is the rollout", async () => {
  await using server = await withProtection();
  const tenantId = await server.tenant("Orchard");
  const to = await server.device(tenantId, "C02RULES");
  const client = await server.connect(to, await server.keys(to));
  await listen(client, to);
  const first = nextMessage<DesiredMessage>(client, "desired");
  await say(client, to, "hello", helloOf("C02RULES"));
  const empty = await first;
  assert.deepEqual(empty.rules, []);
  const second = nextMessage<DesiredMessage>(client, "desired");
  const rule = (await server.perform("protection.create-rule", tenantId, {
    name: "No Bad",
    match: { teamId: "example123", cdhash: "AB".repeat(20) },
    mode: "block",
    scope: { tenant: true },
  })) as Rule;
  assert.equal(rule.match.cdhash, "ab".repeat(20));
  assert.deepEqual(rule.rollout, { confirmed: 0, meant: 1 });
  const desired = await second;
  assert.deepEqual(
    desired.rules.map(({ id }) => id),
    [rule.id],
  );
  assert.notEqual(desired.token, empty.token);
  await say(client, to, "applied", { token: desired.token, rules: 1, rejected: [] });
  const shown = (await server.perform("protection.show-rule", tenantId, { ruleId: rule.id })) as Rule;
  assert.deepEqual(shown.rollout, { confirmed: 1, meant: 1 });
  await say(client, to, "applied", { token: desired.token, rules: 0, rejected: [{ ruleId: rule.id, reason: "no" }] });
  const rejected = (await server.perform("protection.show-rule", tenantId, { ruleId: rule.id })) as Rule;
  assert.equal(rejected.rollout.confirmed, 0);
});

test("a rule for listed Macs reaches only these, and no other tenant sees or names them", async () => {
  await using server = await withProtection();
  const [orchard, vineyard] = [await server.tenant("Orchard"), await server.tenant("Vineyard")];
  const [one, two] = [await server.device(orchard, "C02ONE"), await server.device(orchard, "C02TWO")];
  const rule = { name: "One", match: { name: { exact: "Bad" } }, mode: "report", scope: { deviceIds: [one.deviceId] } };
  const { id } = (await server.perform("protection.create-rule", orchard, rule)) as Rule;
  for (const [to, expected] of [
    [one, [id]],
    [two, []],
  ] as const) {
    const client = await server.connect(to, await server.keys(to));
    await listen(client, to);
    const arrives = nextMessage<DesiredMessage>(client, "desired");
    await say(client, to, "hello", helloOf(to === one ? "C02ONE" : "C02TWO"));
    assert.deepEqual(
      (await arrives).rules.map((sent) => sent.id),
      expected,
    );
  }
  await assert.rejects(server.perform("protection.create-rule", vineyard, rule), { code: "device.not-found" });
  await assert.rejects(server.perform("protection.show-rule", vineyard, { ruleId: id }), { code: "rule.not-found" });
  assert.deepEqual(((await server.perform("protection.list-rules", vineyard, {})) as { items: unknown[] }).items, []);
});

test("a rule that would match everything is refused with the field that is wrong", async () => {
  await using server = await withProtection();
  const tenantId = await server.tenant("Orchard");
  const rule = { name: "All", mode: "block", scope: { tenant: true } };
  await assert.rejects(server.perform("protection.create-rule", tenantId, { ...rule, match: {} }), (error) => {
    assert.deepEqual((error as { code: string }).code, "rule.invalid");
    assert.equal((error as { detail: { errors: { path: string }[] } }).detail.errors[0]!.path, "/match");
    return true;
  });
  const everything = { ...rule, match: { path: { pattern: "/**" } } };
  await assert.rejects(server.perform("protection.create-rule", tenantId, everything), { code: "rule.invalid" });
});

test("an incident is kept once however often it is sent, with its three times, and can be closed", async () => {
  await using server = await withProtection();
  const tenantId = await server.tenant("Orchard");
  const to = await server.device(tenantId, "C02INC");
  const client = await server.connect(to, await server.keys(to));
  const message = incident("018f0000-0000-7000-8000-000000000000");
  await say(client, to, "incident", message);
  await say(client, to, "incident", message);
  const list = async () =>
    ((await server.perform("protection.list-incidents", tenantId, {})) as { items: Incident[] }).items;
  const [kept, ...more] = await list();
  assert.equal(more.length, 0);
  assert.equal(kept?.ruleName, "(unknown rule)");
  assert.equal(kept?.actionAfterMs, message.actionAt - message.eventAt);
  assert.ok(Date.parse(kept!.arrivedAt) > 0);
  const closed = (await server.perform("protection.close-incident", tenantId, { incidentId: kept!.id })) as Incident;
  assert.equal(closed.state, "closed");
  const facts = await server.kernel.facts.readAfter(0, { types: ["incident.opened", "incident.closed"], limit: 10 });
  assert.deepEqual(
    facts.map(({ type }) => type),
    ["incident.opened", "incident.closed"],
  );
  const other = await server.tenant("Vineyard");
  await assert.rejects(server.perform("protection.show-incident", other, { incidentId: kept!.id }), {
    code: "incident.not-found",
  });
});

test("times that no calendar has do not break the list of incidents", async () => {
  await using server = await withProtection();
  const tenantId = await server.tenant("Orchard");
  const to = await server.device(tenantId, "C02TIME");
  const client = await server.connect(to, await server.keys(to));
  await say(client, to, "incident", incident("rule", { eventAt: 1e300, actionAt: -1e300 }));
  const { items } = (await server.perform("protection.list-incidents", tenantId, {})) as { items: Incident[] };
  assert.equal(items[0]?.eventAt, "9999-12-31T23:59:59.999Z");
});

test("a rule that kills beyond the fleet's budget falls back to reporting, everywhere", async () => {
  await using server = await withProtection(3);
  const tenantId = await server.tenant("Orchard");
  const to = await server.device(tenantId, "C02RUN");
  const client = await server.connect(to, await server.keys(to));
  await listen(client, to);
  const rule = (await server.perform("protection.create-rule", tenantId, {
    name: "Runaway",
    match: { name: { contains: "a" } },
    mode: "block",
    scope: { tenant: true },
  })) as Rule;
  const started = nextMessage<DesiredMessage>(client, "desired");
  await say(client, to, "hello", helloOf("C02RUN"));
  assert.equal((await started).rules[0]?.mode, "block");
  const fallen = nextMessage<DesiredMessage>(client, "desired");
  const eventAt = Date.now();
  // One Mac alone, however much it says, does not disarm the rule for the others.
  for (let n = 1; n <= 10; n += 1) await say(client, to, "incident", incident(rule.id, { id: `mac-${n}`, eventAt }));
  const armed = (await server.perform("protection.show-rule", tenantId, { ruleId: rule.id })) as Rule;
  assert.equal(armed.fallback, null);
  for (const serial of ["C02ONE", "C02TWO", "C02SIX"]) {
    const other = await server.device(tenantId, serial);
    const wire = await server.connect(other, await server.keys(other));
    await say(wire, other, "incident", incident(rule.id, { id: `of-${serial}`, eventAt }));
  }
  assert.equal((await fallen).rules[0]?.mode, "report");
  const shown = (await server.perform("protection.show-rule", tenantId, { ruleId: rule.id })) as Rule;
  assert.equal(shown.mode, "block");
  assert.ok(shown.fallback !== null);
  await eventually(
    async () => (await server.kernel.facts.readAfter(0, { types: ["rule.fell-back"], limit: 5 })).length === 1,
    "the fact",
  );
});

test("a desired state of many rules goes in parts of bounded size, and none is lost", () => {
  const rules = Array.from({ length: 1_200 }, (_, index) => ({
    id: `rule-${index}`,
    name: "n".repeat(150),
    match: { path: { contains: "ü".repeat(index % 256) || "x" } },
    mode: "block" as const,
  }));
  const parts = partsOf("token", rules, { killBudgetPerMinute: 1 });
  assert.deepEqual(
    parts.flatMap((part) => part.rules),
    rules,
  );
  for (const part of parts) {
    assert.ok(part.rules.length <= 500 && Buffer.byteLength(JSON.stringify(part)) < 210_000);
    assert.equal(part.parts, parts.length);
  }
});
