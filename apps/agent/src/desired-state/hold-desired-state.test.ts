import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DesiredMessage, WireRule } from "@pomona/agent-protocol";
import { silentLog } from "../log.ts";
import { createOutbox } from "../outbox.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { gatherParts, MAX_RULES } from "./gather-parts.ts";
import { holdDesiredState, type RulesInForce } from "./hold-desired-state.ts";

const rule = (id: string, over: Partial<WireRule> = {}): WireRule => ({
  id,
  name: id,
  match: { name: { exact: id } },
  mode: "block",
  ...over,
});
const part = (over: Partial<DesiredMessage> = {}): DesiredMessage => ({
  token: "t1",
  part: 1,
  parts: 1,
  rules: [rule("a")],
  settings: { killBudgetPerMinute: 5 },
  ...over,
});

function hold(store = createMemoryStore(), safeMode = false) {
  const changes: RulesInForce[] = [];
  const outbox = createOutbox(store, () => {}, silentLog);
  const desired = holdDesiredState({ store, outbox, log: silentLog, safeMode, onChange: (now) => changes.push(now) });
  const applied = () => store.spool.peek(100).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  return { store, desired, changes, applied };
}

describe("a desired state", () => {
  it("is gathered from parts in any order, each counted once", () => {
    const gatherer = gatherParts();
    assert.equal(gatherer.add(part({ part: 2, parts: 2, rules: [rule("b")] })), undefined);
    assert.equal(gatherer.add(part({ part: 2, parts: 2, rules: [rule("b")] })), undefined);
    const whole = gatherer.add(part({ part: 1, parts: 2 }));
    assert.deepEqual(whole !== undefined && whole !== "tooLarge" && whole.rules.map(({ id }) => id), ["a", "b"]);
  });

  it("gives way to the parts of another token", () => {
    const gatherer = gatherParts();
    gatherer.add(part({ part: 1, parts: 2 }));
    gatherer.add(part({ token: "t2", part: 1, parts: 2 }));
    assert.equal(gatherer.add(part({ part: 2, parts: 2 })), undefined);
    assert.equal(gatherer.add(part({ part: 3, parts: 2 })), undefined);
  });

  it("is refused whole when it has more rules than a Mac holds", () => {
    const gatherer = gatherParts();
    const rules = Array.from({ length: 2000 }, () => rule("a"));
    const parts = MAX_RULES / 2000 + 1;
    for (let n = 1; n < parts; n += 1) assert.equal(gatherer.add(part({ part: n, parts, rules })), undefined);
    assert.equal(gatherer.add(part({ part: parts, parts, rules })), "tooLarge");
  });

  it("is put in force, kept, and told, without the rules that are not valid", () => {
    const { desired, changes, applied, store } = hold();
    desired.receive(part({ rules: [rule("a"), rule("bad", { match: {} })] }));
    assert.deepEqual(
      changes[0]?.rules.map(({ id }) => id),
      ["a"],
    );
    assert.equal(changes[0]?.killBudgetPerMinute, 5);
    assert.equal(desired.token(), "t1");
    const [told] = applied();
    assert.equal(told?.["rules"], 1);
    assert.equal((told?.["rejected"] as { ruleId: string }[] | undefined)?.[0]?.ruleId, "bad");
    const next = hold(store);
    next.desired.restore();
    assert.equal(next.desired.token(), "t1");
    assert.deepEqual(
      next.changes[0]?.rules.map(({ id }) => id),
      ["a"],
    );
  });

  it("that the sensor cannot take leaves the former one in force and on disk", () => {
    const store = createMemoryStore();
    const outbox = createOutbox(store, () => {}, silentLog);
    const onChange = ({ rules }: RulesInForce) => {
      if (rules.length > 1) throw new RangeError("too much");
    };
    const desired = holdDesiredState({ store, outbox, log: silentLog, safeMode: false, onChange });
    desired.receive(part());
    desired.receive(part({ token: "t2", rules: [rule("a"), rule("b")] }));
    assert.equal(desired.token(), "t1");
    assert.equal(desired.inForce().rules.length, 1);
    assert.match(store.files.read("desired-state.json") ?? "", /"t1"/);
  });

  it("that comes again changes nothing and is told again", () => {
    const { desired, changes, applied } = hold();
    desired.receive(part());
    desired.receive(part());
    assert.equal(changes.length, 1);
    assert.equal(applied().length, 2);
  });

  it("stays out in safe mode until another comes", () => {
    const { store } = hold();
    hold(store).desired.receive(part());
    const safe = hold(store, true);
    safe.desired.restore();
    assert.equal(safe.desired.token(), "t1");
    assert.equal(safe.changes.length, 0);
    safe.desired.receive(part({ token: "t2" }));
    assert.equal(safe.changes.length, 1);
  });
});
