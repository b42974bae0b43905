import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ActionContract,
  actions,
  createBatch,
  createInvitation,
  createRule,
  createToken,
  listCommands,
  listDevices,
  listIdentities,
  listIncidents,
  placeOrder,
  sendCommand,
} from "@pomona/contract";
import { buildXmlPlist } from "@pomona/plist";
import { type ApiClient, ApiProblem, openApiClient } from "@pomona/testkit";
import { eventually, openStage, type Stage } from "./stage.ts";

/** One thing of each kind in the first tenant, by the name that paths have for its id. */
async function furnish(stage: Stage, admin: ApiClient): Promise<Readonly<Record<string, string>>> {
  const { api } = stage;
  const mac = await stage.enrolledMac({ agentMode: "in-process" });
  const device = await eventually("an agent online", async () =>
    (await api.call(listDevices, {})).items.find((item) => item.agent.online),
  );
  const deviceId = device.id;
  const rule = await api.call(createRule, {
    name: "No miners",
    match: { name: { exact: "miner" } },
    mode: "report",
    scope: { tenant: true },
  });
  const incident = await eventually("an incident", async () => {
    await mac.launchApp({ path: "/opt/miner" });
    return (await api.call(listIncidents, {})).items[0];
  });
  const order = await api.call(placeOrder, { deviceId, type: "ping" });
  await api.call(sendCommand, { deviceId, requestType: "DeviceInformation" });
  const command = (await api.call(listCommands, { deviceId })).items[0]!;
  const invitation = await api.call(createInvitation, { name: "More" });
  const token = await admin.call(createToken, { name: "ci", role: "auditor" });
  const batch = await api.call(createBatch, { requestType: "SecurityInfo", deviceIds: [deviceId] });
  return {
    deviceId,
    batchId: batch.id,
    ruleId: rule.id,
    incidentId: incident.id,
    orderId: order.id,
    commandId: command.id,
    invitationId: invitation.id,
    tokenId: token.id,
    hash: (await api.call(listIdentities, { deviceId })).items[0]!.hash,
  };
}

/** Any input that fits apart from the ids: what the other tenant would send if the thing were its own. */
const BODIES: Readonly<Record<string, Record<string, unknown>>> = {
  "revocation.revoke-certificate": { reason: "unspecified" },
  "devices.rename-device": { name: "mine now" },
  "commands.send-command": { requestType: "DeviceInformation" },
  "commands.send-raw-command": {
    plist: Buffer.from(buildXmlPlist({ RequestType: "SecurityInfo" })).toString("base64"),
  },
  "agents.place-order": { type: "ping" },
  "agents.open-echo": { text: "hello" },
  "escrow.rotate-secret": { kind: "fileVaultKey" },
  "escrow.verify-secret": { kind: "fileVaultKey" },
  "escrow.clear-secret": { kind: "recoveryLock" },
  "escrow.reveal-recovery-key": { reason: "it is not mine" },
  "escrow.reveal-password": { kind: "recoveryLock", reason: "it is not mine" },
  "escrow.reveal-lock-pin": { reason: "it is not mine" },
  "escrow.reveal-bypass-code": { kind: "activationLockDevice", reason: "it is not mine" },
  "escrow.continue-departure": { step: "decide", choice: "erase" },
  "escrow.skip-departure-step": { step: "escrow", reason: "not mine" },
  "protection.change-rule": { name: "x", match: { name: { exact: "x" } }, mode: "block", scope: { tenant: true } },
};

const idsIn = (action: ActionContract): readonly string[] =>
  [...action.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);

test("for a token of one tenant the other's things do not exist, by any action", async () => {
  await using stage = await openStage();
  const tenants = await stage.server.tenants();
  const adminToken = await stage.server.issueToken("admins", "administrator", tenants);
  const clientOf = (tenantId: string) =>
    openApiClient({ apiUrl: stage.server.apiUrl, ca: stage.ca, token: adminToken, tenantId });
  const [admin, other] = [clientOf(stage.tenantIds[0]), clientOf(stage.tenantIds[1])];
  const ids = await furnish(stage, admin);
  // Lists first: what the other tenant asks for by id is in its own audit trail afterwards.
  for (const action of actions.toSorted((a, b) => idsIn(a).length - idsIn(b).length)) {
    const names = idsIn(action);
    if (names.length > 0) {
      const input = { ...BODIES[action.name], ...Object.fromEntries(names.map((name) => [name, ids[name]!])) };
      await assert.rejects(
        other.call(action, input as never),
        (error) => error instanceof ApiProblem && error.problem.status === 404,
        `${action.name} answered something else than 404`,
      );
    } else if (action.method === "GET") {
      const answer = JSON.stringify(await other.call(action, {} as never));
      for (const [name, id] of Object.entries(ids)) assert.ok(!answer.includes(id), `${action.name} shows ${name}`);
    }
  }
  // What would have been changed is as it was.
  const device = (await stage.api.call(listDevices, {})).items.find(({ id }) => id === ids["deviceId"]);
  assert.notEqual(device?.name, "mine now");
  admin.close();
  other.close();
});

test("every id in a path is one that this test has a thing for", () => {
  const known = [
    "deviceId",
    "batchId",
    "ruleId",
    "incidentId",
    "orderId",
    "commandId",
    "invitationId",
    "tokenId",
    "hash",
  ];
  for (const action of actions)
    for (const name of idsIn(action)) assert.ok(known.includes(name), `${action.name}: ${name}`);
});
