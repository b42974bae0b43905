import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "@pomona/contract";
import { attentionOf } from "./attention.ts";
import { deviceQuestion } from "./device-filters.ts";
import { factSentence } from "./fact-sentence.ts";

const UNKNOWN = { health: "unknown", lastUsedAt: null, detail: null } as const;
const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const device: Device = {
  id: "d",
  tenantId: "t",
  serialNumber: "C02",
  name: "Mac",
  model: "Mac14,3",
  osVersion: "26.1",
  createdAt: "2026-01-01T00:00:00.000Z",
  quarantine: null,
  mdm: {
    enrolled: true,
    lastSeenAt: null,
    enrolledAt: null,
    udid: null,
    pushable: true,
    userEnrollment: false,
    setup: null,
  },
  agent: {
    installed: true,
    online: true,
    version: "1",
    lastSeenAt: new Date(NOW).toISOString(),
    channels: { wire: UNKNOWN, wake: UNKNOWN, net: UNKNOWN },
    sensor: { state: "running", detail: "" },
  },
  facts: { fileVault: true, sip: true, firewall: true, bootstrapTokenEscrowed: true },
  factsAt: null,
};

test("a Mac that is in order needs no attention, and what it never reported is not held against it", () => {
  assert.deepEqual(attentionOf(device, NOW), []);
  assert.deepEqual(attentionOf({ ...device, facts: {} }, NOW), []);
});

test("what is wrong comes worst first", () => {
  const wrong: Device = {
    ...device,
    mdm: { ...device.mdm, enrolled: false },
    agent: {
      ...device.agent,
      online: false,
      lastSeenAt: new Date(NOW - 9 * 86_400_000).toISOString(),
      sensor: { state: "needsFullDiskAccess", detail: "Full Disk Access is missing" },
    },
    facts: { fileVault: false, disks: [{ name: "Macintosh HD", sizeBytes: 100, freeBytes: 4 }] },
  };
  assert.deepEqual(
    attentionOf(wrong, NOW).map(({ id }) => id),
    ["filevault", "mdm", "sensor", "away", "disk-Macintosh HD"],
  );
});

test("the address asks only what the list knows", () => {
  assert.deepEqual(
    deviceQuestion({ q: "ana", agent: "online", mdm: "enrolled", os: "26.1", model: "Mac14,3", sort: "-name" }),
    {
      q: "ana",
      agent: "online",
      mdm: "enrolled",
      osVersion: "26.1",
      model: "Mac14,3",
      sort: "-name",
    },
  );
  assert.deepEqual(deviceQuestion({ agent: "purple", sort: "password", tenant: "t1" }), {});
});

test("a fact is told in words, and an unknown one by its name", () => {
  assert.equal(
    factSentence("agent.offline", { reason: "vanished" }, "d").detail,
    "it vanished without a word: asleep, shut down, or without network",
  );
  assert.equal(
    factSentence("order.finished", { type: "run-script", state: "failed", orderId: "o" }, "d").text,
    "Run script failed",
  );
  assert.deepEqual(factSentence("order.finished", { type: "ping", state: "succeeded", orderId: "o" }, "d").link, {
    to: "/devices/d/orders/o",
    label: "Show",
  });
  assert.equal(
    factSentence(
      "incident.opened",
      { action: "kill", outcome: "killed", path: "/bin/x", incidentId: "i", ruleName: "r" },
      "d",
    ).text,
    "Killed /bin/x",
  );
  assert.equal(factSentence("moon.landed", {}, "d").text, "moon.landed");
});
