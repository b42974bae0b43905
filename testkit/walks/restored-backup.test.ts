import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import {
  cancelCommand,
  listCommands,
  listHeld,
  listOrders,
  placeOrder,
  releaseHeld,
  sendCommand,
} from "@pomona/contract";
import { type RunningServer, type ServerConfig, startServer } from "@pomona/server";
import { startApnsReceiver, type VirtualMac } from "@pomona/testkit";
import { agentBundle } from "./agent-bundle.ts";
import { bringPushCertificate, eventually, type Stage, stageOver } from "./stage.ts";
import { deviceOf, finished } from "./walk.ts";

const DAY_MS = 86_400_000;
const commandsTo = (mac: VirtualMac, type: string): number =>
  mac.journal.entries.filter(({ kind, detail }) => kind === "command" && detail.includes(type)).length;

/** An operator's view of a server, and the person who starts and stops it. */
async function stageOn(server: RunningServer, folder: string, apns: Awaited<ReturnType<typeof startApnsReceiver>>) {
  const tenants = await server.ensureTenants(["Orchard", "Vineyard"]);
  const token = await server.issueToken("walk", "operator", tenants);
  return stageOver({ server, apns, folder, token, tenantIds: [tenants[0]!.id, tenants[1]!.id] });
}
const portOf = (url: string): number => Number(/:(\d+)/.exec(url.replace(/^\w+:\/\//, ""))?.[1]);
const eraseOf = async ({ api }: Stage, deviceId: string) =>
  (await api.call(listCommands, { deviceId, limit: 1000 })).items.find(
    ({ requestType }) => requestType === "EraseDevice",
  )!;

test("walk: a restored day-old backup sends neither its erase nor its order until a person releases them", {
  timeout: 180_000,
}, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "pomona-restore-"));
  const apns = await startApnsReceiver();
  const database = path.join(folder, "server", "pomona.db");
  let ahead = 0;
  const config: ServerConfig = {
    dataDir: path.join(folder, "server"),
    host: "127.0.0.1",
    publicHost: "localhost",
    ports: { api: 0, device: 0, agent: 0 },
    apns: { url: apns.url, ca: apns.authority.rootPem },
    logLevel: "silent",
    consoleDir: path.join(folder, "no-console"),
    version: "0.0.0",
    agentBundle: await agentBundle(),
    clock: { now: () => Date.now() + ahead },
  };
  let server = await startServer(config);
  const stages: Stage[] = [];
  try {
    const first = await stageOn(server, folder, apns);
    stages.push(first);
    await bringPushCertificate(first.api, apns);
    const mac = await first.enrolledMac({ agentMode: "in-process" });
    const { id: deviceId } = await eventually(
      "the agent is online",
      () => deviceOf(first, mac, ({ agent }) => agent.online),
      60_000,
    );
    await eventually("its queue is empty", async () =>
      (await first.api.call(listCommands, { deviceId, state: "upcoming" })).items.length === 0 ? true : undefined,
    );

    // Both are open at the time of the backup: the Mac says "not now", and its agent is switched off.
    await mac.stopAgent();
    const { id: orderId } = await first.api.call(placeOrder, { deviceId, type: "ping", expiresInSeconds: 7 * 86_400 });
    await first.api.call(sendCommand, {
      deviceId,
      requestType: "EraseDevice",
      input: { pin: "123456", obliterationBehavior: "Default" },
    });
    mac.mdm.misbehaviour.notNowTimes = 1_000;
    ahead += 31_000;
    await eventually("the Mac postponed the erase", async () =>
      (await eraseOf(first, deviceId)).state === "notNow" ? true : undefined,
    );
    const source = new DatabaseSync(database, { readOnly: true });
    await backup(source, `${database}.backup`);
    source.close();

    // After the backup someone thinks better of the erase, and the agent comes back and does its order.
    await first.api.call(cancelCommand, { deviceId, commandId: (await eraseOf(first, deviceId)).id });
    mac.mdm.misbehaviour.notNowTimes = 0;
    await mac.restart();
    assert.equal((await finished(first, orderId, 60_000)).state, "succeeded");
    // The agent hears that its report is kept; it would say it again to the restored server.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const ports = { api: portOf(server.apiUrl), device: portOf(server.deviceUrl), agent: portOf(server.agentUrl) };
    await server.stop();

    ahead += DAY_MS;
    for (const end of ["-wal", "-shm"]) await rm(database + end, { force: true });
    await copyFile(`${database}.backup`, database);
    const erasesBefore = commandsTo(mac, "EraseDevice");
    server = await startServer({ ...config, ports });
    const second = await stageOn(server, folder, apns);
    stages.push(second);
    const held = await second.api.call(listHeld, {});
    const types = held.items.map(({ type, risk }) => `${type} ${risk}`);
    // With the order came a wake-up of the agent, by a profile.
    assert.deepEqual(types.sort(), ["EraseDevice destructive", "InstallProfile rootEquivalent", "ping read"]);
    assert.match(held.restore?.reason ?? "", /The database is of .*, and this server last marked another state/);

    // The Mac polls, its agent comes, and neither is told anything of the time before.
    await eventually("the agent is online", () => deviceOf(second, mac, ({ agent }) => agent.online), 60_000);
    for (let poll = 0; poll < 3; poll++) await mac.mdm.connect();
    assert.equal(commandsTo(mac, "EraseDevice"), erasesBefore);
    const erase = await eraseOf(second, deviceId);
    assert.match(erase.waitsFor ?? "", /a person to release what a restored backup holds/);
    const orderState = async () =>
      (await second.api.call(listOrders, { deviceId })).items.find(({ id }) => id === orderId)?.state;
    assert.equal(await orderState(), "queued");

    assert.deepEqual(await second.api.call(releaseHeld, {}), { commands: 2, orders: 1, batches: 0 });
    await eventually("the erase reaches the Mac", () =>
      commandsTo(mac, "EraseDevice") > erasesBefore ? true : undefined,
    );
    // The Mac's ledger knows the order: it is told how it ended, and does not do it again.
    assert.equal((await finished(second, orderId, 60_000)).state, "succeeded");
    assert.equal((await second.api.call(listHeld, {})).commands, 0);
  } finally {
    for (const stage of stages) await stage[Symbol.asyncDispose]();
    await server.stop();
    await apns.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
