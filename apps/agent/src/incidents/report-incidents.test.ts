import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { IncidentMessage } from "@pomona/agent-protocol";
import { NO_RULES } from "../desired-state/hold-desired-state.ts";
import { silentLog } from "../log.ts";
import { createOutbox } from "../outbox.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { makeHit, RULE } from "../testing/make-hit.ts";
import { modelledMac } from "../testing/modelled-mac.ts";
import { redactArguments } from "./redact-arguments.ts";
import { reportIncidents } from "./report-incidents.ts";

/** Incidents of a Mac whose user is known by name already, as from the second one on. */
async function report() {
  const store = createMemoryStore();
  const { mac, dialogs } = modelledMac();
  const clock = { now: 0 };
  const incidents = reportIncidents({
    mac,
    outbox: createOutbox(store, () => {}, silentLog),
    now: () => clock.now,
    log: silentLog,
    inForce: () => ({ ...NO_RULES, helpUrl: "https://help.example.com/" }),
  });
  incidents.onHit(makeHit({ rule: { ...RULE, id: "earlier" }, action: "reported" }));
  await new Promise((resolve) => setImmediate(resolve));
  store.spool.clear();
  const sent = () => store.spool.peek(1000).map(({ body }) => JSON.parse(body) as IncidentMessage);
  return { incidents, dialogs, clock, sent };
}

describe("an incident", () => {
  it("says what was done, when, whose it was, and what the user was told", async () => {
    const { incidents, sent, dialogs } = await report();
    incidents.onHit(makeHit({ parentPath: "/bin/zsh" }));
    const { id, ...rest } = sent()[0] ?? ({} as IncidentMessage);
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(rest, {
      ruleId: "r1",
      process: {
        path: "/tmp/xmrig",
        signingId: null,
        teamId: null,
        cdhash: "ab".repeat(20),
        pid: 77,
        user: "ada",
        parentPath: "/bin/zsh",
        arguments: ["xmrig", "--password", "(hidden)"],
      },
      eventAt: 1000.5,
      actionAt: 1001.4,
      action: "kill",
      outcome: "killed",
      userMessage: "xmrig is not allowed on this Mac (rule: No miners). Ask your IT team.",
    });
    assert.equal(dialogs[0]?.url, "https://help.example.com/");
  });

  it("takes its dialog from the rule", async () => {
    const { incidents, dialogs } = await report();
    const message = { title: "No", text: "Ask Ada.", button: "Right", url: "https://ada.example.com/" };
    incidents.onHit(makeHit({ rule: { ...RULE, message } }));
    assert.deepEqual(dialogs, [message]);
  });

  it("shows one dialog per rule and minute, and reports every hit", async () => {
    const { incidents, dialogs, sent, clock } = await report();
    for (let n = 0; n < 5; n += 1) incidents.onHit(makeHit());
    incidents.onHit(makeHit({ rule: { ...RULE, id: "r2" } }));
    assert.equal(dialogs.length, 2);
    assert.equal(sent().length, 6);
    assert.equal(sent()[1]?.userMessage, null);
    clock.now += 60_000;
    incidents.onHit(makeHit());
    assert.equal(dialogs.length, 3);
  });

  it("of a spent budget, a report and a kill that failed shows no dialog and says so", async () => {
    const { incidents, dialogs, sent } = await report();
    incidents.onHit(makeHit({ action: "budgetSpent" }));
    incidents.onHit(makeHit({ action: "reported" }));
    incidents.onHit(makeHit({ action: "killFailed", kill: { outcome: "notPermitted" } }));
    assert.deepEqual(dialogs, []);
    assert.deepEqual(
      sent().map(({ action, outcome }) => [action, outcome]),
      [
        ["report", "budget"],
        ["report", "reported"],
        ["kill", "notPermitted"],
      ],
    );
  });

  it("leaves the Mac also when its process was started with the largest arguments", async () => {
    const { incidents, sent } = await report();
    const { event } = makeHit();
    const args = Array.from({ length: 100 }, () => "\u0001".repeat(5000));
    incidents.onHit(
      makeHit({ event: { ...event, args, target: { ...event.target, path: `/${"\u0001".repeat(8000)}` } } }),
    );
    assert.ok(JSON.stringify(sent()[0]).length < 250_000);
    assert.equal(sent()[0]?.process.arguments.length, 10);
  });

  it("names an account that macOS does not know by its id, and asks once for many", async () => {
    const store = createMemoryStore();
    const asked: number[] = [];
    const { mac } = modelledMac();
    const incidents = reportIncidents({
      mac: {
        ...mac,
        userName(uid) {
          asked.push(uid);
          return uid === 501 ? Promise.resolve("ada") : Promise.reject(new Error("no such user"));
        },
      },
      outbox: createOutbox(store, () => {}, silentLog),
      now: () => 0,
      log: silentLog,
      inForce: () => NO_RULES,
    });
    const { event } = makeHit();
    const words = [1, 777, 20, 777, 20, 77, 1, 2] as const;
    const stranger = { ...event.target, token: { ...event.target.token, words } };
    incidents.onHit(makeHit({ event: { ...event, target: stranger } }));
    for (let n = 0; n < 3; n += 1) incidents.onHit(makeHit());
    await new Promise((resolve) => setImmediate(resolve));
    incidents.onHit(makeHit());
    const users = store.spool.peek(9).map(({ body }) => (JSON.parse(body) as IncidentMessage).process.user);
    assert.deepEqual(users, ["777", "ada", "ada", "ada", "ada"]);
    assert.deepEqual(asked, [777, 501]);
  });

  it("comes at most 120 times a minute from one rule; the rest is counted", async () => {
    const { incidents, sent } = await report();
    for (let n = 0; n < 130; n += 1) incidents.onHit(makeHit({ action: "reported" }));
    assert.equal(sent().length, 120);
    assert.equal(incidents.suppressed(), 10);
  });
});

describe("arguments", () => {
  it("leave the Mac without what is named like a secret", () => {
    const given = [
      "curl",
      "--api-key=abc",
      "-H",
      "Authorization: Bearer abc",
      "https://me:pw@x.org/",
      "TOKEN=abc",
      "-v",
    ];
    assert.deepEqual(redactArguments(given), [
      "curl",
      "--api-key=(hidden)",
      "-H",
      "Authorization: (hidden)",
      "https://(hidden)@x.org/",
      "TOKEN=(hidden)",
      "-v",
    ]);
    assert.deepEqual(redactArguments(["x", "--token", "--verbose", "--secret", "abc", "plain"]), [
      "x",
      "--token",
      "--verbose",
      "--secret",
      "(hidden)",
      "plain",
    ]);
  });
});
