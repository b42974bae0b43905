import assert from "node:assert/strict";
import { test } from "node:test";
import type { Incident, Rule } from "@pomona/contract";
import { draftFaults, draftOfIncident, draftOfRule, EMPTY_DRAFT, ruleOfDraft } from "./rule-draft.ts";

const rule: Rule = {
  id: "r",
  name: "Block it",
  match: {
    cdhash: "a".repeat(40),
    signingId: "s",
    teamId: "EQHXZ8M8AV",
    path: { pattern: "/Users/**" },
    name: { contains: "x" },
  },
  mode: "block",
  message: { title: "t", text: "No.", button: "Ask", url: "https://help.example" },
  expiresAt: "2026-12-31T23:59:59.000Z",
  scope: { deviceIds: ["d"] },
  allowPlatformBinary: true,
  createdAt: "2026-01-01T00:00:00.000Z",
  createdBy: "ana",
  rollout: { confirmed: 0, meant: 1 },
  fallback: null,
};

test("a rule survives the way through the form", () => {
  const { id: _i, createdAt: _c, createdBy: _b, rollout: _r, fallback: _f, ...fields } = rule;
  assert.deepEqual(ruleOfDraft(draftOfRule(rule)), fields);
  assert.deepEqual(draftFaults(draftOfRule(rule)), {});
});

test("an empty form says what it needs", () => {
  assert.deepEqual(Object.keys(draftFaults(EMPTY_DRAFT)), ["name", "processName"]);
});

test("every wrong field is told", () => {
  const faults = draftFaults({
    ...EMPTY_DRAFT,
    name: "n",
    teamId: "short",
    cdhash: "zz",
    path: "Downloads",
    messageUrl: "ftp://x",
    wholeTenant: false,
  });
  assert.deepEqual(Object.keys(faults).toSorted(), [
    "cdhash",
    "deviceIds",
    "messageText",
    "messageUrl",
    "path",
    "teamId",
  ]);
});

test("from an incident, the signature is taken where there is one, and else the path", () => {
  const process = {
    path: "/Applications/T.app/Contents/MacOS/T",
    signingId: "s",
    teamId: "EQHXZ8M8AV",
    cdhash: null,
    pid: 1,
    user: null,
    parentPath: null,
    arguments: [],
  };
  const signed = draftOfIncident({ process } as unknown as Incident);
  assert.deepEqual([signed.name, signed.teamId, signed.signingId, signed.path], ["Block T", "EQHXZ8M8AV", "s", ""]);
  const unsigned = draftOfIncident({ process: { ...process, teamId: null } } as unknown as Incident);
  assert.deepEqual([unsigned.teamId, unsigned.path], ["", process.path]);
});
